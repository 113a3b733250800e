"""What a body is refused for that readers of JSON disagree about, one fault for each."""

import json
from typing import Final

from app.errors import Fault
from app.web.echo import clean

DEPTH_LIMIT: Final = 64
MEMBERS_LIMIT: Final = 1000
_SNIPPET: Final = 20


def surrogate_fault(pointer: str, text: str) -> Fault:
    """Text that holds half of a surrogate pair."""
    return Fault(
        code="lone-surrogate",
        pointer=pointer,
        detail=f"{pointer or 'the body'} holds half of a surrogate pair",
        given=text,
        allowed="text that can be written in UTF-8",
    )


def repetition_fault(pointer: str, key: str) -> Fault:
    """A key that an object gives more than once."""
    return Fault(
        code="repeated-key",
        pointer=pointer,
        detail=f"{clean(key)} is given more than once",
        given=key,
        allowed="every key once",
    )


def depth_fault(pointer: str) -> Fault:
    """Arrays and objects within each other without end."""
    return Fault(
        code="nested-too-deeply",
        pointer=pointer,
        detail=f"the body has more than {DEPTH_LIMIT} levels",
        given=None,
        allowed=f"at most {DEPTH_LIMIT} levels of arrays and objects",
    )


def members_fault(pointer: str, members: int) -> Fault:
    """An object with members without end."""
    return Fault(
        code="too-many-members",
        pointer=pointer,
        detail=f"an object has {members} members",
        given=None,
        allowed=f"at most {MEMBERS_LIMIT} members of an object",
    )


def syntax_fault(error: json.JSONDecodeError) -> Fault:
    """Text that is no JSON."""
    return Fault(
        code="not-json",
        pointer="",
        detail=f"{error.msg}, at line {error.lineno}, column {error.colno}",
        given=error.doc[error.pos : error.pos + _SNIPPET] or None,
        allowed="JSON (RFC 8259)",
    )

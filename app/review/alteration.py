"""Where a lock does not say what its own plan_id means: it was edited, or is not computed."""

from collections.abc import Mapping
from typing import Final, cast

from app.arithmetic.finding import Severity
from app.errors import Fault
from app.plan.planner import Plan
from app.review.discrepancy import ABSENT, Discrepancy, are_alike, discrepancies
from app.review.excerpt import excerpt, json_excerpt
from app.review.lock import lock_document
from app.review.objection import Objection, Source

_CODE: Final = "lock-altered"
_SUGGESTION: Final = "make the lock anew"


def alterations(locked: Plan, given: Mapping[str, object]) -> tuple[Discrepancy, ...]:
    """Everything that a lock says otherwise than it was computed.

    Args:
        locked: The plan that the lock names by its plan_id.
        given: The lock as it is written.
    """
    return tuple(discrepancies(dict(given), lock_document(locked)))


def alteration_objection(each: Discrepancy) -> Objection:
    """An alteration as a problem of a check."""
    return Objection(
        source=Source.LOCK,
        code=_CODE,
        severity=Severity.ERROR,
        field="",
        message=_sentence(each),
        rule=each.pointer,
        suggestion=_SUGGESTION,
    )


def alteration_fault(each: Discrepancy, pointer: str) -> Fault:
    """An alteration as a fault of a request.

    Args:
        each: The alteration.
        pointer: Where the lock stands in the request.
    """
    return Fault(
        code=_CODE,
        pointer=f"{pointer}{each.pointer}",
        detail=_sentence(each),
        given=None if each.written is ABSENT else each.written,
        allowed=f"{_told(each.expected)}; {_SUGGESTION}",
    )


def _sentence(each: Discrepancy) -> str:
    if each.pointer == "/fingerprints":
        return _told_fingerprints(each.written, cast("list[dict[str, object]]", each.expected))
    return (
        f"the lock says {_told(each.written)} at {excerpt(each.pointer)}, "
        f"but its plan_id means {_told(each.expected)}"
    )


def _told(value: object) -> str:
    return "nothing" if value is ABSENT else json_excerpt(value)


def _told_fingerprints(written: object, expected: list[dict[str, object]]) -> str:
    listed = cast("list[object]", written) if isinstance(written, list) else []
    places = [
        f"epoch {each['epoch']}, positions {each['start_position']} to {each['stop_position']}"
        for number, each in enumerate(expected)
        if not are_alike(listed[number : number + 1], [each])
    ]
    where = "; ".join(places) or "more of them are listed than there are"
    return f"the fingerprints of the lock are not those of the order of its plan_id: {where}"

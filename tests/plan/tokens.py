"""Tokens that look like plan_ids: those on record, and forged ones with a right checksum."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.errors import UnknownPlanError
from app.plan.plan_id import decode_plan_id

PREFIX = "ep1_"
_RECORD = Path(__file__).parent.parent / "golden" / "plan_ids.json"
RECORDED: dict[str, dict[str, Any]] = json.loads(_RECORD.read_text("utf-8"))


def token_of(document: bytes) -> str:
    content = document + sha256(document).digest()[:8]
    return PREFIX + urlsafe_b64encode(content).rstrip(b"=").decode()


def token_of_fields(fields: object) -> str:
    """A token in canonical writing, so that nothing but the fields can be wrong."""
    return token_of(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode())


def document_in(plan_id: str) -> bytes:
    text = plan_id.removeprefix(PREFIX)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))[:-8]


def refusal_code(plan_id: str) -> str:
    with pytest.raises(UnknownPlanError) as refusal:
        decode_plan_id(plan_id)
    (fault,) = refusal.value.faults
    assert fault.pointer == "/plan_id"
    return fault.code

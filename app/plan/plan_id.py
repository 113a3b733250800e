"""The plan_id: a text that is the spec itself, so that the service keeps nothing.

`ep1_` + base64url without padding of (canonical JSON + the first 8 bytes of its SHA-256).
Canonical JSON has sorted keys, no white space, ASCII only, and exactly the fields of
`distinct_fields`. A field that is added later is written only where it differs from its default,
so no existing plan_id ever changes.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import cast

from app.arithmetic.spec import TrainingSpec
from app.errors import Fault, InvalidSpecError, UnknownPlanError
from app.plan.settlement import settled_spec
from app.plan.spec_fields import JsonFields, distinct_fields, draft_of

PREFIX = "ep1_"
MAX_CHARACTERS = 2_048
_CHECKSUM_BYTES = 8
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_VERSIONED = re.compile(r"ep[0-9]{1,9}_", re.ASCII)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def encode_plan_id(spec: TrainingSpec) -> str:
    """The plan_id of a spec: URL-safe, the same for every writing of the same spec.

    >>> from app.arithmetic.draft import SpecDraft
    >>> spec = settled_spec(SpecDraft(dataset_size=20, micro_batch_size=5, steps=7))
    >>> decode_plan_id(encode_plan_id(spec)) == spec
    True

    Raises:
        InvalidSpecError: The options of its framework are too many to be written so short.
    """
    document = _CANONICAL.encode(distinct_fields(spec)).encode()
    plan_id = PREFIX + urlsafe_b64encode(document + _checksum(document)).rstrip(b"=").decode()
    if len(plan_id) > MAX_CHARACTERS:
        raise InvalidSpecError([_too_long(len(plan_id))])
    return plan_id


def check_plan_id(plan_id: str) -> None:
    """Whether a text can be a plan_id: its form and its checksum, at a fraction of a decoding.

    >>> check_plan_id("ep1_AAAA")
    Traceback (most recent call last):
    ...
    app.errors.UnknownPlanError: ...

    Raises:
        UnknownPlanError: Damaged, truncated, oversized, of an unknown version, or no plan_id.
    """
    _check_form(plan_id)
    _checked_fields(plan_id)


def decode_plan_id(plan_id: str) -> TrainingSpec:
    """The spec that a plan_id is.

    Raises:
        UnknownPlanError: Damaged, truncated, oversized, of an unknown version, or no plan_id.
    """
    _check_form(plan_id)
    fields = _checked_fields(plan_id)
    try:
        spec = settled_spec(draft_of(fields))
        canonical = encode_plan_id(spec)
    except (ValueError, RecursionError, InvalidSpecError) as refusal:
        raise _unknown(
            plan_id, code="plan-id-unplannable", reason="it holds no spec that can be planned"
        ) from refusal
    if canonical != plan_id:
        raise _unknown(
            plan_id, code="plan-id-not-canonical", reason="it is not the one writing of its spec"
        )
    return spec


def _check_form(plan_id: str) -> None:
    if len(plan_id) > MAX_CHARACTERS:
        raise _unknown(
            plan_id, code="plan-id-too-long", reason=f"it has more than {MAX_CHARACTERS} characters"
        )
    if _VERSIONED.match(plan_id) and not plan_id.startswith(PREFIX):
        raise _unknown(
            plan_id,
            code="plan-id-version-unknown",
            reason=f"its version is none of {PREFIX.rstrip('_')}",
        )
    if not plan_id.startswith(PREFIX) or not _BASE64URL.fullmatch(plan_id):
        raise _unknown(
            plan_id, code="plan-id-malformed", reason=f"it is not {PREFIX} with base64url behind it"
        )


def _checked_fields(plan_id: str) -> JsonFields:
    text = plan_id.removeprefix(PREFIX)
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        document, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
        intact = checksum == _checksum(document)
        fields: object = json.loads(document) if intact else None
    except (ValueError, RecursionError) as refusal:
        raise _unknown(
            plan_id, code="plan-id-malformed", reason="its content cannot be read"
        ) from refusal
    if not intact:
        raise _unknown(
            plan_id,
            code="plan-id-damaged",
            reason="its checksum does not fit: it was cut or changed",
        )
    if not isinstance(fields, dict):
        raise _unknown(plan_id, code="plan-id-malformed", reason="its content is no JSON object")
    return cast("JsonFields", fields)


def _checksum(document: bytes) -> bytes:
    return sha256(document).digest()[:_CHECKSUM_BYTES]


def _too_long(characters: int) -> Fault:
    return Fault(
        code="spec-too-long",
        pointer="/framework",
        detail=f"the plan_id of this spec would have {characters} characters, above "
        f"{MAX_CHARACTERS}",
        given=None,
        allowed="options with shorter lists",
    )


def _unknown(plan_id: str, *, code: str, reason: str) -> UnknownPlanError:
    return UnknownPlanError(
        [
            Fault(
                code=code,
                pointer="/plan_id",
                detail=f"this is not the plan_id of any plan: {reason}",
                given=plan_id,
                allowed="a plan_id as POST /v1/plans gives it",
            )
        ]
    )

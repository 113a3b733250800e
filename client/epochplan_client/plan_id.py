"""What a plan_id says, read without asking anybody."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, cast

from epochplan_client.errors import InvalidArgumentError

_PREFIX: Final = "ep1_"
_CHECKSUM_BYTES: Final = 8


def spec_of(plan_id: str) -> Mapping[str, Any]:
    """The fields of the spec that a plan_id is, as far as they differ from their defaults.

    A plan_id is `ep1_` and the base64url, without padding, of canonical JSON and the first eight
    bytes of its SHA-256.

    >>> spec_of("ep1_eyJkYXRhc2V0X3NpemUiOjIwfcd5rSQZjN0N")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    epochplan_client.errors.InvalidArgumentError: ...

    Raises:
        InvalidArgumentError: It is damaged, truncated, or no plan_id.
    """
    content = _content(checked_text(plan_id))
    document, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
    # base64 has other texts of the same bytes, and Python's passes over what is none of it
    if _written(content) != plan_id or sha256(document).digest()[:_CHECKSUM_BYTES] != checksum:
        raise _damaged(plan_id)
    return cast("Mapping[str, Any]", json.loads(document))


def checked_text(plan_id: object) -> str:
    """The plan_id itself, where it is a text.

    Raises:
        InvalidArgumentError: It is none.
    """
    if not isinstance(plan_id, str):
        message = f"plan_id {plan_id!r:.80} is no text; one begins with {_PREFIX}"
        raise InvalidArgumentError(message)
    return plan_id


def _content(plan_id: str) -> bytes:
    text = plan_id.removeprefix(_PREFIX)
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise _damaged(plan_id) from error


def _written(content: bytes) -> str:
    return _PREFIX + urlsafe_b64encode(content).rstrip(b"=").decode()


def _damaged(plan_id: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"plan_id {plan_id!r:.80} is damaged, or of a version that this package does not know"
    )

"""What a plan_id says, read without asking anybody."""

import json
from base64 import urlsafe_b64decode
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
    try:
        written = plan_id.removeprefix(_PREFIX).encode("ascii")
        content = urlsafe_b64decode(written + b"=" * (-len(written) % 4))
    except ValueError as error:
        raise _damaged(plan_id) from error
    document, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
    whole = sha256(document).digest()[:_CHECKSUM_BYTES] == checksum
    if not plan_id.startswith(_PREFIX) or not whole:
        raise _damaged(plan_id)
    return cast("Mapping[str, Any]", json.loads(document))


def _damaged(plan_id: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"plan_id {plan_id!r:.80} is damaged, or of a version that this package does not know"
    )

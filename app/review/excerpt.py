"""Foreign text and values as a sentence holds them: short enough to leave the sentence whole."""

import json
from decimal import Decimal
from typing import Final

_TEXT_LIMIT: Final = 80


def excerpt(text: str) -> str:
    """The start of a text, at most 80 characters of it.

    >>> excerpt("lock"), len(excerpt("9" * 500_000))
    ('lock', 80)
    """
    return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"


def json_excerpt(value: object) -> str:
    """The start of a JSON value as JSON writes it.

    >>> json_excerpt(None), json_excerpt("7"), json_excerpt({"a": [Decimal("0.5")]})
    ('null', '"7"', '{"a": [0.5]}')
    """
    if isinstance(value, Decimal):
        return excerpt(str(value))
    return excerpt(json.dumps(value, ensure_ascii=False, default=float))

"""What a client sent, made safe to be shown back: bounded, printable, plain JSON."""

import json
import math
import reprlib
from decimal import Decimal
from typing import Final

Scalar = str | int | float | bool | None

_LOWEST: Final = -(2**63)
_HIGHEST: Final = 2**64 - 1
_DIGITS_LIMIT: Final = 40
_TEXT_LIMIT: Final = 120
_INNER_TEXT_LIMIT: Final = 40
_BITS_PER_DIGIT: Final = math.log2(10)


def clean(text: str, *, limit: int = _TEXT_LIMIT) -> str:
    """Text of at most `limit` characters, all of them printable.

    >>> clean("step" + chr(0) + chr(0xD800))
    'step��'
    >>> clean("9" * 1000, limit=5)
    '9999…'
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    if short.isprintable():
        return short
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in short
    )


def echo(value: object) -> Scalar:
    """A value as it came where that is a small JSON scalar, else a short description of it.

    >>> echo(7), echo("drop"), echo(Decimal("2.5")), echo(Decimal("1e999"))
    (7, 'drop', 2.5, '1E+999')
    >>> echo(10**5000)
    'an integer of about 5001 digits'
    >>> echo({"seed": [1, 2, 3, 4, 5, 6]})
    '{"seed": [1, 2, 3, 4, ...]}'
    """
    match value:
        case None | bool():
            return value
        case int():
            return value if _LOWEST <= value <= _HIGHEST else _digits(value)
        case float() | Decimal():
            return _number(value)
        case str():
            return clean(value)
        case _:
            return clean(_SHORT.repr(value))


def _digits(value: int) -> str:
    # str() of an int refuses more than 4,300 digits, and is quadratic in them
    digits = int(value.bit_length() / _BITS_PER_DIGIT) + 1
    return str(value) if digits <= _DIGITS_LIMIT else f"an integer of about {digits} digits"


def _number(value: float | Decimal) -> float | str:
    exact = Decimal(str(value))
    nearest = float(exact) if exact.is_finite() else math.inf
    lossless = math.isfinite(nearest) and Decimal(repr(nearest)) == exact
    return nearest if lossless else clean(str(value))


class _ShortJson(reprlib.Repr):
    """Nested values in the manner of JSON, with an ellipsis where they go on."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxdict = self.maxlist = self.maxtuple = 4

    def repr_str(self, x: str, level: int) -> str:  # noqa: ARG002 - reprlib hands both over
        return json.dumps(clean(x, limit=_INNER_TEXT_LIMIT), ensure_ascii=False)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - as above
        return _digits(x)

    def repr_bool(self, x: bool, level: int) -> str:  # noqa: ARG002, FBT001 - as above
        return "true" if x else "false"

    def repr_NoneType(self, x: None, level: int) -> str:  # noqa: ARG002, N802 - as above
        return "null"

    def repr_Decimal(self, x: Decimal, level: int) -> str:  # noqa: ARG002, N802 - as above
        return clean(str(x), limit=_INNER_TEXT_LIMIT)


_SHORT: Final = _ShortJson()

"""A value as it is written: exact numbers, and no surprise of YAML 1.1."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

Scalar = str | int | Decimal | bool | None

DIGITS_LIMIT: Final = 4300
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)", re.ASCII)
_DECIMAL: Final = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_NOT_FINITE: Final = re.compile(r"[-+]?(?:\.?inf|infinity)|\.?nan", re.IGNORECASE)
_WORDS: Final[dict[str, Scalar]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class ScalarError(ValueError):
    """A number that cannot be read exactly.

    Attributes:
        code: Stable kebab-case name of the fault.
    """

    def __init__(self, message: str, *, code: str) -> None:
        self.code = code
        super().__init__(message)


def read_scalar(written: str) -> Scalar:
    """The value that plain, unquoted text spells.

    What only YAML 1.1 takes for something else (`on`, `1:30`, `0x1F`, `017`) stays the text it is,
    so that its meaning never changes silently.

    >>> [read_scalar(text) for text in ("1_000", "2.50", "1e9", "true", "on", "017", "~")]
    [1000, Decimal('2.50'), Decimal('1E+9'), True, 'on', '017', None]

    Raises:
        ScalarError: Infinite, not a number, or of more than 4,300 digits.
    """
    if written in _WORDS:
        return _WORDS[written]
    if _NOT_FINITE.fullmatch(written):
        message = f"{written} is no finite number"
        raise ScalarError(message, code="not-a-number")
    if _INTEGER.fullmatch(written):
        return int(_bounded(written))
    return read_decimal(written) if _DECIMAL.fullmatch(written) else written


def _bounded(written: str) -> str:
    if len(written) > DIGITS_LIMIT:
        message = f"a number of {len(written)} characters is longer than {DIGITS_LIMIT}"
        raise ScalarError(message, code="endless-digits")
    return written


def read_decimal(written: str) -> Decimal:
    """The number that the digits of a decimal spell.

    >>> read_decimal("2.50")
    Decimal('2.50')

    Raises:
        ScalarError: Of more than 4,300 digits, or with an exponent beyond all bounds.
    """
    try:
        return Decimal(_bounded(written))
    except InvalidOperation as error:
        message = f"the exponent of {written[:40]} has no bounds"
        raise ScalarError(message, code="endless-digits") from error

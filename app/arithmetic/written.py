"""Exact amounts as they are written: decimal digits in, a fraction out, and back."""

import re
from decimal import Decimal
from fractions import Fraction

MAX_DIGITS = 18
ALLOWED_AMOUNT = (
    f"a number above 0 with at most {MAX_DIGITS} digits: an integer, a decimal number, or a text "
    'such as "2.5"'
)
_PLAIN_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


def exact_amount(written: int | Decimal | str) -> Fraction:
    """The positive amount that was written, by its digits.

    >>> exact_amount("2.5"), exact_amount(Decimal("1e1"))
    (Fraction(5, 2), Fraction(10, 1))

    Raises:
        ValueError: No plain decimal, more than 18 digits, or not above zero; the message says
            which.
    """
    if type(written) is int and 0 < written < 10**MAX_DIGITS:
        return Fraction(written)
    digits = written if isinstance(written, str) else _plain_digits(written)
    if len(digits) > MAX_DIGITS + 1 or not _PLAIN_DECIMAL.fullmatch(digits):
        raise ValueError(ALLOWED_AMOUNT)
    if len(digits.replace(".", "")) > MAX_DIGITS:
        raise ValueError(ALLOWED_AMOUNT)
    amount = Fraction(digits)
    if amount <= 0:
        raise ValueError(ALLOWED_AMOUNT)
    return amount


def written_amount(amount: Fraction) -> int | str:
    """The shortest writing of an amount: an integer, or a decimal text.

    >>> written_amount(Fraction(10)), written_amount(Fraction(5, 2))
    (10, '2.5')
    """
    if amount.denominator == 1:
        return amount.numerator
    return f"{Decimal(amount.numerator) / Decimal(amount.denominator):f}"


def _plain_digits(number: int | Decimal) -> str:
    """Digits without an exponent; empty where there would be too many of them."""
    if isinstance(number, int):
        return str(number) if abs(number) < 10**MAX_DIGITS else ""
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        return ""
    return f"{number:f}"

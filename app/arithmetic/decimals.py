"""Numbers as people read them: short decimals that say when they are rounded."""

from fractions import Fraction

_DIGITS = 6


def decimal_text(number: Fraction) -> str:
    """A fraction as a decimal; `about` stands before it when digits are missing.

    >>> decimal_text(Fraction(5, 2)), decimal_text(Fraction(1, 3))
    ('2.5', 'about 0.333333')
    """
    scaled = round(number * 10**_DIGITS)
    whole, rest = divmod(scaled, 10**_DIGITS)
    text = f"{whole}.{rest:0{_DIGITS}d}".rstrip("0").rstrip(".")
    return text if Fraction(scaled, 10**_DIGITS) == number else f"about {text}"


def rounded_text(value: float) -> str:
    """A count as it is, an expectation to 7 significant digits.

    >>> rounded_text(2_000), rounded_text(1_986.5241)
    ('2000', 'about 1986.524')
    """
    return str(value) if isinstance(value, int) else f"about {value:.7g}"


def counted(number: int | Fraction, noun: str, plural: str = "") -> str:
    """A number with its noun, in the plural where it is not one.

    >>> counted(1, "epoch"), counted(Fraction(5, 2), "pass", "passes")
    ('1 epoch', '2.5 passes')
    """
    text = str(number) if isinstance(number, int) else decimal_text(number)
    return f"{text} {noun if number == 1 else plural or f'{noun}s'}"

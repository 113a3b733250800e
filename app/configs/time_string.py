"""Composer's time strings: a number and a unit.

Source: mosaicml 0.32.1, composer/core/time.py.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple

_WRITTEN: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]{1,3})?)([a-z]+)", re.IGNORECASE)
UNITS: Final = {"ep": "epochs", "ba": "steps", "sp": "samples", "tok": "tokens"}
"""Unit -> the budget of a spec that is counted in it."""


class Time(NamedTuple):
    """A number of epochs, steps, samples or tokens.

    Attributes:
        amount: How many; exact.
        budget: What is counted, as a field of a spec.
    """

    amount: Decimal
    budget: str


def read_time(written: object) -> Time | None:
    """The time that a string means; None where it is none, or in a unit that no plan counts in.

    An integer alone is a number of epochs.

    >>> read_time("3e4tok"), read_time(10)
    (Time(amount=Decimal('3E+4'), budget='tokens'), Time(amount=Decimal('10'), budget='epochs'))
    >>> read_time("0.5dur")
    """
    if type(written) is int:
        return Time(Decimal(written), "epochs")
    parts = _WRITTEN.fullmatch(str(written).strip())
    if parts is None or parts[2].lower() not in UNITS:
        return None
    return Time(Decimal(parts[1]), UNITS[parts[2].lower()])

"""What became of every key of a config, and the spec that grows out of them."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from math import isfinite
from reprlib import repr as shortened
from typing import Final, cast

from app.configs.document import value_at
from app.errors import Fault

AUTO: Final = "auto"
MOST_DIGITS: Final = 25
"""Digits of a number beyond which it is not even tried as an integer."""

INT64_MAX: Final = 2**63 - 1


class Ledger:
    """The values of one config, read key by key.

    A key is dotted where it stands in a section: "trainer.max_epochs". A dot of its own, which no
    known key has, has a backslash before it.

    >>> ledger = Ledger({"trainer": {"max_epochs": 3}})
    >>> ledger.put("epochs", ledger.whole("trainer.max_epochs"), "trainer.max_epochs")
    >>> ledger.spec, ledger.origins
    ({'epochs': 3}, {'/epochs': 'trainer.max_epochs'})

    Attributes:
        values: The config.
        spec: The spec, as far as it has come.
        origins: Pointer into the spec -> key of the config.
        faults: What is wrong with the config.
        used: Keys that decided something; a dictionary, for its order.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.spec: dict[str, object] = {}
        self.origins: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.used: dict[str, None] = {}

    def given(self, key: str) -> object:
        """The value of a key; None where it is not there."""
        return value_at(self.values, key)

    def whole(self, key: str, *, lowest: int = 1, highest: int = INT64_MAX) -> int | None:
        """An integer within [lowest, highest]; None where it is missing or not legal."""
        value = self.given(key)
        if value is None:
            return None
        number = whole_number(value)
        if number is not None and lowest <= number <= highest:
            return number
        nearest = () if number is None else (min(max(number, lowest), highest),)
        self._illegal(key, f"an integer in [{lowest}, {highest}]", nearest)
        return None

    def flag(self, key: str) -> bool | None:
        """True or false; None where it is missing or not legal."""
        value = self.given(key)
        if value is None or isinstance(value, bool):
            return value
        self._illegal(key, "true or false")
        return None

    def amount(self, key: str) -> int | Decimal | None:
        """A finite number that is not negative; None where it is missing or not legal."""
        value = self.given(key)
        if value is None:
            return None
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0:
            return value
        self._illegal(key, "a number of at least 0")
        return None

    def word(self, key: str, choices: Collection[str]) -> str | None:
        """One of a few words; None where it is missing or not legal."""
        value = self.given(key)
        if value is None or value in choices:
            return cast("str | None", value)
        self._illegal(key, f"one of {', '.join(choices)}")
        return None

    def put(self, field: str, value: object, key: str | None = None) -> None:
        """Sets a field of the spec, unless the value is None.

        Args:
            field: Its name, with "framework/" or "sampling/" before it where it belongs there.
            value: A JSON value.
            key: The key that decided it; None for a default of the framework.
        """
        if value is None:
            return
        section, _, name = field.rpartition("/")
        inner = (
            cast("dict[str, object]", self.spec.setdefault(section, {})) if section else self.spec
        )
        inner[name] = value
        if key is not None:
            self.origins[f"/{field}"] = key
            self.use(key)

    def use(self, key: str) -> None:
        """Notes that a key decided something."""
        self.used[key] = None

    def refuse(self, key: str, code: str, detail: str, *, allowed: str) -> None:
        """Notes a fault of the value of a key."""
        self._refuse(key, code, detail, allowed, ())

    def need(self, code: str, detail: str, *, allowed: str) -> None:
        """Notes that something is missing, or wrong with the config as a whole."""
        self._refuse("", code, detail, allowed, ())

    def _illegal(self, key: str, allowed: str, nearest: tuple[int, ...] = ()) -> None:
        if self.given(key) == AUTO:
            detail = f"{key} is auto: what it becomes is decided when the training starts"
            self._refuse(key, "auto-value", detail, allowed, ())
        else:
            self._refuse(key, "illegal-value", f"{key} must be {allowed}", allowed, nearest)

    def _refuse(
        self, key: str, code: str, detail: str, allowed: str, nearest: tuple[int, ...]
    ) -> None:
        value = self.given(key) if key else None
        self.faults.append(
            Fault(
                code=code,
                pointer=pointer_to(key),
                detail=detail,
                given=plain(value),
                allowed=allowed,
                nearest=nearest,
            )
        )
        if value is not None:
            self.use(key)

    def keys(self, sections: Collection[str]) -> list[str]:
        """Every key of the config; a section that is a mapping gives those of its members.

        >>> Ledger({"trainer": {"devices": 8}, "model": {"dim": 1}}).keys(["trainer"])
        ['trainer.devices', 'model']
        """
        return [*_keys(self.values, "", sections)]

    def sort_keys(
        self, sections: Collection[str], known: Callable[[str], bool]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The keys that were used, those that may be ignored, and those that nobody knows."""
        others = [key for key in self.keys(sections) if key not in self.used]
        ignored = tuple(key for key in others if known(key))
        unknown = tuple(key for key in others if not known(key))
        return tuple(self.used), ignored, unknown


def _keys(values: Mapping[str, object], prefix: str, sections: Collection[str]) -> list[str]:
    found: list[str] = []
    for name, value in values.items():
        key = prefix + name.replace(".", "\\.")
        if key in sections and isinstance(value, dict):
            found += _keys(cast("dict[str, object]", value), f"{key}.", sections)
        else:
            found.append(key)
    return found


def pointer_to(key: str) -> str:
    """The JSON pointer to a key.

    >>> pointer_to("trainer.max_epochs"), pointer_to("")
    ('/trainer/max_epochs', '')
    """
    escaped = key.replace("~", "~0").replace("/", "~1")
    return f"/{escaped.replace('.', '/')}" if key else ""


def whole_number(value: object) -> int | None:
    """The integer that a value is, however it is written; None where it is none.

    >>> whole_number(Decimal("1e9")), whole_number(Decimal("2.5")), whole_number(True)
    (1000000000, None, None)
    """
    if isinstance(value, Decimal):
        small = value.is_finite() and abs(value.adjusted()) < MOST_DIGITS
        return int(value) if small and value == value.to_integral_value() else None
    return value if type(value) is int else None


def plain(value: object) -> object:
    """A value as JSON has it: a scalar, or a list of them; anything deeper as a short text.

    Numbers with a fraction become doubles.

    >>> plain([Decimal("0.5"), 1, None]), plain({"a": 1})
    ([0.5, 1, None], "{'a': 1}")
    """
    if isinstance(value, list):
        return [_scalar(each) for each in cast("list[object]", value)]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Decimal):
        number = float(value)
        return number if isfinite(number) else str(value)
    return value if value is None or isinstance(value, str | int) else shortened(value)

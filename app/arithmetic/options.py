"""Values that a framework's own options may have: JSON, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

OptionValue: TypeAlias = "bool | int | float | str | tuple[OptionValue, ...] | Options | None"


@dataclass(frozen=True, slots=True)
class Options:
    """Options by name, in the order of their names.

    >>> options = Options.of({"drop_last": True, "data_seed": 7})
    >>> options.given("data_seed"), options.given("shuffle")
    (7, None)

    Attributes:
        entries: Names and values; names are unique and ascend.
    """

    entries: tuple[tuple[str, OptionValue], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, OptionValue]) -> "Options":
        """Options out of a mapping."""
        return cls(tuple(sorted(values.items(), key=lambda entry: entry[0])))

    def given(self, name: str) -> OptionValue:
        """The value of an option; None where it is not among them."""
        return dict(self.entries).get(name)


def frozen_value(value: object) -> OptionValue:
    """A JSON value as an option holds it; numbers with a point or an exponent become doubles.

    >>> frozen_value({"sizes": [1, 2], "ratio": Decimal("0.5")})
    Options(entries=(('ratio', 0.5), ('sizes', (1, 2))))

    Raises:
        ValueError: It is no JSON value.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return float(value)
        case list() | tuple():
            return tuple(map(frozen_value, cast("list[object]", value)))
        case dict():
            fields = cast("dict[str, object]", value)
            return Options.of({name: frozen_value(field) for name, field in fields.items()})
        case _:
            message = f"{type(value).__name__} is no JSON value"
            raise ValueError(message)


def plain_value(value: OptionValue) -> object:
    """The JSON value of an option.

    >>> plain_value(Options.of({"sizes": (1, 2)}))
    {'sizes': [1, 2]}
    """
    if isinstance(value, Options):
        return {name: plain_value(field) for name, field in value.entries}
    return [plain_value(each) for each in value] if isinstance(value, tuple) else value

"""Options that are numbers with a point, or lists of numbers."""

from dataclasses import dataclass
from math import isfinite

from app.arithmetic.integers import INT64_MAX
from app.arithmetic.options import OptionValue
from app.frameworks.option import Json, Option

_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Option):
    """An integer, or a double with a meaning of its own; JSON tells 1 from 1.0.

    >>> limit = Amount(name="limit", default=1.0, description="", highest_double=1.0)
    >>> [limit.accepts(value) for value in (7, 0.5, 1.5, True)]
    [True, True, False, False]
    """

    lowest: int = 0
    highest: int = INT64_MAX
    lowest_double: float = 0.0
    highest_double: float

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        integers = f"an integer in [{self.lowest}, {self.highest}]"
        doubles = f"a number with a decimal point in [{self.lowest_double}, {self.highest_double}]"
        return f"{integers}, or {doubles}"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        lowest = min(float(self.lowest), self.lowest_double)
        highest = max(float(self.highest), self.highest_double)
        return {"type": "number", "minimum": lowest, "maximum": highest}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        if isinstance(value, float):
            return isfinite(value) and self.lowest_double <= value <= self.highest_double
        return type(value) is int and self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeList(Option):
    """A list of integers within bounds.

    >>> WholeList(name="sizes", default=None, description="", lowest=1).accepts((3, 0))
    False
    """

    lowest: int = 0
    highest: int = INT64_MAX
    fewest: int = 1
    most: int = _MOST_ENTRIES

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        entries = f"{self.fewest}" if self.fewest == self.most else f"{self.fewest} to {self.most}"
        return f"a list of {entries} integers in [{self.lowest}, {self.highest}]"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        items = {"type": "integer", "minimum": self.lowest, "maximum": self.highest}
        return {"type": "array", "items": items, "minItems": self.fewest, "maxItems": self.most}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        return (
            isinstance(value, tuple)
            and self.fewest <= len(value) <= self.most
            and all(type(each) is int and self.lowest <= each <= self.highest for each in value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountList(Option):
    """A list of numbers within bounds; integers among them are taken as doubles.

    >>> AmountList(name="blend", default=None, description="", highest=1.0).accepts((0.7, 0.3))
    True
    """

    lowest: float = 0.0
    highest: float
    fewest: int = 1
    most: int = _MOST_ENTRIES

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"a list of {self.fewest} to {self.most} numbers in [{self.lowest}, {self.highest}]"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        items = {"type": "number", "minimum": self.lowest, "maximum": self.highest}
        return {"type": "array", "items": items, "minItems": self.fewest, "maxItems": self.most}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        if not isinstance(value, tuple) or not self.fewest <= len(value) <= self.most:
            return False
        numbers = _numbers(value)
        within = all(self.lowest <= number <= self.highest for number in numbers)
        return within and len(numbers) == len(value)

    def settled(self, value: OptionValue) -> OptionValue:
        """The numbers as doubles."""
        return tuple(map(float, _numbers(value))) if isinstance(value, tuple) else value


def _numbers(values: tuple[OptionValue, ...]) -> list[float]:
    """The numbers of a list; JSON's true and false are none."""
    return [each for each in values if isinstance(each, int | float) and type(each) is not bool]

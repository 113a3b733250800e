"""The options of a framework: their names, their kinds, what each of them may be."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from difflib import get_close_matches

from app.arithmetic.integers import INT64_MAX
from app.arithmetic.options import OptionValue, frozen_value
from app.errors import Fault

Json = dict[str, object]

LONGEST_COMPARED = 60
"""Characters of a text for which the most similar legal one is looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(ABC):
    """An option with the framework's own name for it.

    Attributes:
        name: The framework's own parameter name.
        default: The framework's own default.
        description: What it does.
        optional: Whether null is a value of its own.
    """

    name: str
    default: OptionValue
    description: str
    optional: bool = False

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What it may be, in words."""

    @property
    @abstractmethod
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""

    @abstractmethod
    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""

    def settled(self, value: OptionValue) -> OptionValue:
        """The one writing of a legal value, of all that mean the same."""
        return value

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """Legal values next to one that is not."""
        del value
        return ()

    def faults(self, given: object, pointer: str) -> list[Fault]:
        """What is wrong with a value of this option alone.

        Args:
            given: A JSON value.
            pointer: Where it stands in the spec.
        """
        value = frozen_value(given)
        if (value is None and self.optional) or self.accepts(value):
            return []
        return [self._illegal(given, value, pointer)]

    def _illegal(self, given: object, value: OptionValue, pointer: str) -> Fault:
        return Fault(
            code="illegal-value",
            pointer=pointer,
            detail=f"{pointer.removeprefix('/').replace('/', '.')} must be {self.allowed_values}",
            given=given,
            allowed=self.allowed_values,
            nearest=self.nearest(value),
        )

    @property
    def allowed_values(self) -> str:
        """Everything that it may be, in words."""
        return f"{self.allowed}, or null" if self.optional else self.allowed

    @property
    def full_schema(self) -> Json:
        """Everything that it may be, as a JSON schema."""
        return {"anyOf": [self.schema, {"type": "null"}]} if self.optional else self.schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Option):
    """True or false.

    >>> Flag(name="drop_last", default=False, description="").accepts(1)
    False
    """

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return "true or false"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {"type": "boolean"}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Option):
    """One of a few words.

    >>> Choice(name="mode", default="a", description="", choices=("alpha", "beta")).nearest("alfa")
    ('alpha',)
    """

    choices: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"one of {', '.join(self.choices)}"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {"type": "string", "enum": list(self.choices)}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        return value in self.choices

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """The word that looks like it."""
        short = isinstance(value, str) and len(value) <= LONGEST_COMPARED
        return tuple(get_close_matches(str(value), self.choices, n=1)) if short else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Option):
    """An integer within bounds.

    >>> Whole(name="buffer_size", default=1, description="", lowest=1).nearest(0)
    (1,)
    """

    lowest: int = 0
    highest: int = INT64_MAX

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"an integer in [{self.lowest}, {self.highest}]"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        return type(value) is int and self.lowest <= value <= self.highest

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """The end of the range that is next to it."""
        if type(value) is not int:
            return ()
        return (min(max(value, self.lowest), self.highest),)

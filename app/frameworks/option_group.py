"""Options as a whole: read out of JSON, filled up with defaults, nested in one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from app.arithmetic.options import Options, OptionValue, frozen_value, plain_value
from app.errors import Fault
from app.frameworks.option import LONGEST_COMPARED, Json, Option

_MOST_GUESSES = 32
"""Unknown names for which the most similar known one is looked up, which is slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup(Option):
    """An option that is an object with options of its own.

    Attributes:
        members: The options of the object.
    """

    members: tuple[Option, ...]

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"an object with {', '.join(member.name for member in self.members)}"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {
            "type": "object",
            "properties": {member.name: member.full_schema for member in self.members},
            "additionalProperties": False,
        }

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is an object; its members are looked at on their own."""
        return isinstance(value, Options)

    def faults(self, given: object, pointer: str) -> list[Fault]:
        """What is wrong with the object, or with its members."""
        own = Option.faults(self, given, pointer)
        if own or given is None:
            return own
        return read_options(self.members, cast("dict[str, object]", given), pointer)[1]


def read_options(
    known: Iterable[Option],
    given: Mapping[str, object],
    pointer: str,
    *,
    beside: tuple[str, ...] = (),
) -> tuple[Options, list[Fault]]:
    """Options that differ from their defaults, and every fault of the others.

    >>> from app.frameworks.option import Flag
    >>> flag = Flag(name="drop_last", default=False, description="")
    >>> options, faults = read_options((flag,), {"drop_last": True, "droplast": 1}, "/framework")
    >>> options.given("drop_last"), [(fault.pointer, fault.nearest) for fault in faults]
    (True, [('/framework/droplast', ('drop_last',))])

    Args:
        known: The options that there are.
        given: JSON values by name.
        pointer: Where the object stands in the spec.
        beside: Further names that the object may have; they are read elsewhere.
    """
    by_name = {option.name: option for option in known}
    faults: list[Fault] = []
    values: dict[str, OptionValue] = {}
    for name, value in given.items():
        own = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        option = by_name.get(name)
        guess = len(name) <= LONGEST_COMPARED and len(faults) < _MOST_GUESSES
        found = (
            option.faults(value, own)
            if option
            else [_unknown(name, own, (*beside, *by_name), guess=guess)]
        )
        faults += found
        if option and not found:
            values |= _differing(option, option.settled(frozen_value(value)))
    return Options.of(values), faults


def filled_options(known: Iterable[Option], options: Options) -> dict[str, object]:
    """Every option as a JSON value, with defaults where it is not given."""
    given = dict(options.entries)
    return {option.name: plain_value(given.get(option.name, option.default)) for option in known}


def _differing(option: Option, value: OptionValue) -> dict[str, OptionValue]:
    same = type(value) is type(option.default) and value == option.default
    return {} if same else {option.name: value}


def _unknown(name: str, pointer: str, known: tuple[str, ...], *, guess: bool) -> Fault:
    nearest = get_close_matches(name, known, n=1) if guess else []
    return Fault(
        code="unknown-field",
        pointer=pointer,
        detail="there is no such option in this framework",
        given=name,
        allowed=f"one of {', '.join(known)}" if known else "no option at all",
        nearest=tuple(nearest),
    )

"""What reading a text gives: a value, where every key of it stands, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.pointers import enclosing

DEPTH_LIMIT: Final = 64
NODES_LIMIT: Final = 20_000
"""Most keys and values of a document together."""

POINTER_LIMIT: Final = 1_000
"""Most characters of the pointer to a value: no spec needs more, and every mark has one."""


class Mark(NamedTuple):
    """A place in a text; line and column count from 1."""

    line: int
    column: int


START: Final = Mark(1, 1)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a text that cannot be read, or that readers disagree about.

    Attributes:
        code: Stable kebab-case name.
        message: A sentence.
        mark: Where it stands.
        pointer: RFC 6901 pointer to the value; empty for the text as a whole.
    """

    code: str
    message: str
    mark: Mark = START
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that has been read.

    Attributes:
        value: What it spells; of no use where there are flaws.
        marks: Where the key of every pointer stands.
        flaws: Everything that is wrong with it.
    """

    value: object
    marks: Mapping[str, Mark]
    flaws: tuple[Flaw, ...] = ()


def depth_flaw(mark: Mark) -> Flaw:
    """The flaw of a document that is nested without need."""
    return Flaw("nested-too-deeply", f"more than {DEPTH_LIMIT} levels are nested", mark)


def nodes_flaw(mark: Mark) -> Flaw:
    """The flaw of a document that holds more than any spec."""
    return Flaw("too-many-members", f"it holds more than {NODES_LIMIT} keys and values", mark)


def key_flaw(key: str, mark: Mark, pointer: str) -> Flaw:
    """The flaw of a key that is longer than any name."""
    told = f"{key[:40]}..., with all that encloses it,"
    message = f"the key {told} is longer than {POINTER_LIMIT} characters"
    return Flaw("key-too-long", message, mark, pointer)


def unreadable(*flaws: Flaw) -> Reading:
    """The reading of a text that has no value.

    >>> unreadable(Flaw("empty", "there is nothing in it")).value is None
    True
    """
    return Reading(None, {}, flaws)


def mark_of_offset(text: str, offset: int) -> Mark:
    r"""The line and column of a character.

    >>> mark_of_offset("ab\ncd", 4)
    Mark(line=2, column=2)
    """
    before = text[:offset]
    return Mark(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def mark_of(marks: Mapping[str, Mark], pointer: str) -> Mark:
    """The place of a key, else of the nearest one that encloses it, else the first line.

    >>> mark_of({"/a": Mark(7, 3)}, "/a/b"), mark_of({}, "/a")
    (Mark(line=7, column=3), Mark(line=1, column=1))
    """
    return next((marks[outer] for outer in enclosing(pointer) if outer in marks), START)

"""Places where a JSON document is not the one that is expected."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from app.pointers import below

ABSENT: Final = object()
"""Stands where there is no value at all; null is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One place where two documents part.

    Attributes:
        pointer: RFC 6901 pointer into both of them.
        written: What the document says; ABSENT where it says nothing.
        expected: What it should say; ABSENT where it should say nothing.
    """

    pointer: str
    written: object
    expected: object


def discrepancies(written: object, expected: object, pointer: str = "") -> Iterator[Discrepancy]:
    """Every place where two JSON values part; objects are followed inwards, lists are whole.

    >>> found = discrepancies({"a/b": 1, "c": {"d": [1]}}, {"a": {"b": 1}, "c": {"d": [True]}})
    >>> [each.pointer for each in found]
    ['/a', '/c/d', '/a~1b']

    Args:
        written: The value as it is.
        expected: The value as it should be.
        pointer: Where both of them stand.
    """
    ours, theirs = _members(written), _members(expected)
    if ours is not None and theirs is not None:
        for name in dict.fromkeys([*theirs, *ours]):
            place = below(pointer, name)
            yield from discrepancies(ours.get(name, ABSENT), theirs.get(name, ABSENT), place)
    elif not _is_alike(written, expected):
        yield Discrepancy(pointer=pointer, written=written, expected=expected)


def are_alike(one: object, other: object) -> bool:
    """Whether two JSON values are the same, in whatever order their members stand.

    >>> are_alike([{"a": 1, "b": None}], [{"b": None, "a": 1}]), are_alike([1], [True])
    (True, False)
    """
    return next(discrepancies(one, other), None) is None


def _is_alike(one: object, other: object) -> bool:
    ours, theirs = _items(one), _items(other)
    if ours is not None and theirs is not None:
        return len(ours) == len(theirs) and all(map(are_alike, ours, theirs))
    # 1, 1.0 and true are three values
    return type(one) is type(other) and one == other


def _members(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _items(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None

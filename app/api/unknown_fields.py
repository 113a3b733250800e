"""Members of a body that nothing is known of, with the names that they may stand for."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from app.errors import Fault
from app.pointers import below
from app.web.echo import clean

_LONGEST_COMPARED: Final = 60
# looking for close names is slow, and a body can hold thousands of members
_MOST_GUESSES: Final = 32


def unknown_fields(
    names: Iterable[str], known: Sequence[str], pointer: str = ""
) -> Iterator[Fault]:
    """The faults of all members of an object that are not among the known ones.

    >>> [(each.pointer, each.nearest) for each in unknown_fields(["old", "nev"], ("old", "new"))]
    [('/nev', ('new',))]

    Args:
        names: The members of the object.
        known: What the object may hold.
        pointer: Where the object stands in the body.
    """
    strangers = (name for name in names if name not in known)
    for number, name in enumerate(strangers):
        yield unknown_field(below(pointer, name), name, known, told_before=number)


def unknown_field(pointer: str, name: str, known: Sequence[str], *, told_before: int = 0) -> Fault:
    """The fault of a member that an object has not.

    >>> unknown_field("/epoch", "epoch", ("epochs", "steps")).detail
    'there is no field epoch'

    Args:
        pointer: Where it stands in the body.
        name: What it is called.
        known: What the object may hold.
        told_before: How many faults were told before it; close names are looked up for the first
            32 of them only.
    """
    comparable = told_before < _MOST_GUESSES and len(name) <= _LONGEST_COMPARED
    return Fault(
        code="unknown-field",
        pointer=pointer,
        detail=f"there is no field {clean(name, limit=_LONGEST_COMPARED)}",
        given=name,
        allowed=f"one of {', '.join(known)}" if len(known) > 1 else known[0],
        nearest=tuple(get_close_matches(name, known, n=1)) if comparable else (),
    )

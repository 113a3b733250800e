"""A change of one field between two plans, and the words for it."""

from dataclasses import dataclass
from typing import TypeGuard

from app.review.topics import Topic, topic_of

_TWICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field with two values.

    >>> Change(field="/total_steps", old=2_000, new=1_000).sentence
    'total_steps halves: 2000 -> 1000'

    Attributes:
        field: RFC 6901 pointer into the plan.
        old: Value before; None where there is none.
        new: Value after; None where there is none.
    """

    field: str
    old: object
    new: object

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return topic_of(self.field)

    @property
    def name(self) -> str:
        """The field as it is written in a spec or a plan, nested names dotted."""
        return self.field.removeprefix("/spec").removeprefix("/").replace("/", ".")

    @property
    def sentence(self) -> str:
        """What changes, with both values."""
        return f"{self.name} {_verb(self.old, self.new)}: {_text(self.old)} -> {_text(self.new)}"


def _verb(old: object, new: object) -> str:
    if not _is_number(old) or not _is_number(new):
        return "changes"
    if new == _TWICE * old:
        return "doubles"
    if old == _TWICE * new:
        return "halves"
    return "rises" if new > old else "falls"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case _:
            return str(value)

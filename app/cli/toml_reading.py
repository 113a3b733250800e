"""TOML, read so that the line of every key is known."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, cast

from app.cli.reading import Flaw, Mark, Reading, mark_of, unreadable
from app.pointers import below

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_TABLE: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY})[ \t]*\]")
_MEMBER: Final = re.compile(rf"[ \t]*({_KEY})[ \t]*=")
_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(text: str) -> Reading:
    r"""The value of a TOML text, with every flaw of it; a syntax error is the only one.

    >>> reading = read_toml("[sampling]\nseed = 1_000")
    >>> reading.value, reading.marks["/sampling/seed"]
    ({'sampling': {'seed': 1000}}, Mark(line=2, column=1))
    """
    try:
        value = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ValueError) as error:  # ValueError: endless digits
        return unreadable(_syntax_flaw(text, str(error)))
    except RecursionError:
        return unreadable(Flaw("nested-too-deeply", "it is nested without end"))
    marks = _marks(text)
    flaws = tuple(_flaws(value, "", marks))
    return Reading(value, marks, flaws)


def _syntax_flaw(text: str, message: str) -> Flaw:
    found = _PLACE.search(message)
    what = f"it is no TOML: {_PLACE.sub('', message)}"
    if found is None or found[1] is None:
        return Flaw("not-toml", what, Mark(text.count("\n") + 1, 1))
    return Flaw("not-toml", what, Mark(int(found[1]), int(found[2])))


def _marks(text: str) -> dict[str, Mark]:
    """Where keys seem to stand; a line within a text of several lines may look like one."""
    marks: dict[str, Mark] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _pointer("", header[2])
            marks.setdefault(table, Mark(number, header.start(1) + 1))
        elif member := _MEMBER.match(line):
            pointer = _pointer(table, member[1])
            marks.setdefault(pointer, Mark(number, member.start(1) + 1))
    return marks


def _pointer(table: str, written: str) -> str:
    pointer = table
    for part in re.findall(_PART, written):
        pointer = below(pointer, part.strip("\"'"))
    return pointer


def _flaws(value: object, pointer: str, marks: dict[str, Mark]) -> Iterator[Flaw]:
    match value:
        case dict():
            for key, member in cast("dict[str, object]", value).items():
                yield from _flaws(member, below(pointer, key), marks)
        case list():
            for place, item in enumerate(cast("list[object]", value)):
                yield from _flaws(item, below(pointer, place), marks)
        case Decimal() if not value.is_finite():
            yield _flaw("not-a-number", f"{value} is no finite number", pointer, marks)
        case str() | bool() | int() | Decimal():
            return
        case _:
            yield _flaw("not-plain", f"{value} is no text, number or boolean", pointer, marks)


def _flaw(code: str, message: str, pointer: str, marks: dict[str, Mark]) -> Flaw:
    return Flaw(code, message, mark_of(marks, pointer), pointer)

"""TOML, read so that the line of every key is known."""

import re
import tomllib
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final, cast

from app.cli.reading import (
    DEPTH_LIMIT,
    NODES_LIMIT,
    POINTER_LIMIT,
    START,
    Flaw,
    Mark,
    Reading,
    depth_flaw,
    key_flaw,
    mark_of,
    nodes_flaw,
    unreadable,
)
from app.cli.scalars import ScalarError, read_decimal
from app.pointers import below

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_TABLE: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY})[ \t]*\]")
_MEMBER: Final = re.compile(rf"[ \t]*({_KEY})[ \t]*=")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PIECE: Final = re.compile(
    r"""\"(?:[^"\\]|\\.)*+(?:"|\\?$)|'[^']*+(?:'|$)|[A-Za-z0-9_-]++|[ \t]++|.""", re.DOTALL
)
_NOT_FINITE: Final = re.compile(r"[-+]?(?:inf|nan)")
_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(text: str) -> Reading:
    r"""The value of a TOML text, with every flaw of it; a syntax error is the only one.

    >>> reading = read_toml("[sampling]\nseed = 1_000")
    >>> reading.value, reading.marks["/sampling/seed"]
    ({'sampling': {'seed': 1000}}, Mark(line=2, column=1))
    """
    if flaw := _deep_key(text):
        return unreadable(flaw)
    try:
        value = tomllib.loads(text, parse_float=_number)
    except (tomllib.TOMLDecodeError, ValueError) as error:  # ValueError: endless digits
        return unreadable(_syntax_flaw(text, str(error)))
    except RecursionError:
        return unreadable(depth_flaw(START))
    if flaw := _excess(value):
        return unreadable(flaw)
    marks = _marks(text)
    flaws = tuple(_flaws(value, "", marks))
    return Reading(value, marks, flaws)


def _deep_key(text: str) -> Flaw | None:
    """A dotted key of too many parts, found first: tomllib takes the square of their number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") >= DEPTH_LIMIT and _most_dots(line) >= DEPTH_LIMIT:
            return depth_flaw(Mark(number, 1))
    return None


def _most_dots(line: str) -> int:
    """Dots of the longest thing in a line that may be a dotted key."""
    most = dots = 0
    follows_part = False
    for piece in _PIECE.findall(line):
        is_part = piece[0] in "\"'" or _BARE.fullmatch(piece) is not None
        if piece.isspace():
            continue
        if piece == ".":
            dots += 1
        elif follows_part or not is_part:
            dots = 0
        follows_part = is_part
        most = max(most, dots)
    return most


def _number(written: str) -> Decimal | ScalarError:
    """A number, or why there is none, which is told with its place later on."""
    try:
        return Decimal(written) if _NOT_FINITE.fullmatch(written) else read_decimal(written)
    except ScalarError as error:
        return error


def _excess(value: object) -> Flaw | None:
    """What makes a document too large to be looked at member by member."""
    level, nodes = [value], 1
    for _ in range(DEPTH_LIMIT + 1):
        level = [inner for outer in level for inner in _inner_nodes(outer)]
        nodes += len(level)
        if nodes > NODES_LIMIT:
            return nodes_flaw(START)
        if not level:
            return None
    return depth_flaw(START)


def _inner_nodes(value: object) -> Collection[object]:
    match value:
        case dict():
            members = cast("dict[str, object]", value)
            return [*members.keys(), *members.values()]
        case list():
            return cast("list[object]", value)
        case _:
            return ()


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
            table = pointer = _pointer("", header[2])
            column = header.start(1) + 1
        elif member := _MEMBER.match(line):
            pointer, column = _pointer(table, member[1]), member.start(1) + 1
        else:
            continue
        if len(pointer) <= POINTER_LIMIT and len(marks) <= NODES_LIMIT:
            marks.setdefault(pointer, Mark(number, column))
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
                inner = below(pointer, key)
                if len(inner) > POINTER_LIMIT:
                    yield key_flaw(key, mark_of(marks, pointer), pointer)
                else:
                    yield from _flaws(member, inner, marks)
        case list():
            for place, item in enumerate(cast("list[object]", value)):
                yield from _flaws(item, below(pointer, place), marks)
        case Decimal() if not value.is_finite():
            yield _flaw("not-a-number", f"{value} is no finite number", pointer, marks)
        case ScalarError():
            yield _flaw(value.code, str(value), pointer, marks)
        case str() | bool() | int() | Decimal():
            return
        case _:
            yield _flaw("not-plain", f"{value} is no text, number or boolean", pointer, marks)


def _flaw(code: str, message: str, pointer: str, marks: dict[str, Mark]) -> Flaw:
    return Flaw(code, message, mark_of(marks, pointer), pointer)

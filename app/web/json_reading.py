"""JSON of which every reader makes the same: strict decoding, and a diagnosis of the rest."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final, cast

from app.errors import Fault
from app.pointers import below
from app.web.echo import clean
from app.web.json_faults import (
    DEPTH_LIMIT,
    MEMBERS_LIMIT,
    depth_fault,
    members_fault,
    repetition_fault,
    surrogate_fault,
    syntax_fault,
)

DIGITS_LIMIT: Final = 4300
FAULTS_LIMIT: Final = 50
_KEY_LIMIT: Final = 60
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_GIVEN_UP: Final = Fault(
    code="too-many-faults",
    pointer="",
    detail=f"the body has {FAULTS_LIMIT} faults or more",
    given=None,
    allowed="JSON that every reader reads alike",
)


@dataclass(frozen=True, slots=True)
class _Blemish:
    """A value that is no number, or one without end."""

    code: str
    written: str
    allowed: str

    def at(self, pointer: str) -> Fault:
        return Fault(
            code=self.code,
            pointer=pointer,
            detail=f"{pointer or 'the body'} is {clean(self.written, limit=40)}",
            given=self.written,
            allowed=self.allowed,
        )


class BlemishedError(ValueError):
    """The text holds something that readers of JSON disagree about."""


class _Pairs(list[tuple[str, object]]):
    """The members of an object as they were written, repetitions included."""


def decode(text: str) -> object:
    """The value that the text spells; numbers with a fraction or an exponent as Decimal.

    >>> decode('{"epochs": 2.50, "seed": 7}')
    {'epochs': Decimal('2.50'), 'seed': 7}

    Raises:
        BlemishedError: for a constant like NaN, a repeated key, a lone surrogate, and for more
            than `DIGITS_LIMIT` digits, `DEPTH_LIMIT` levels or `MEMBERS_LIMIT` members.
        json.JSONDecodeError: for what is no JSON.
        RecursionError: for far too many levels.
    """
    # no number can be too long in so short a text, and then the integers need no second look
    decoder = _BRIEF if len(text) <= DIGITS_LIMIT else _STRICT
    value: object = decoder.decode(text)
    if _is_too_deep(value, text) or (_SURROGATE_ESCAPE.search(text) and diagnose(text)):
        raise BlemishedError
    return value


def diagnose(text: str) -> list[Fault]:
    """What `decode` refuses the text for, at most `FAULTS_LIMIT` faults.

    >>> [fault.pointer for fault in diagnose('{"a": [0, NaN], "b": 1, "b": 2}')]
    ['/b', '/a/1']
    """
    try:
        found = list(islice(_faults(_LENIENT.decode(text)), FAULTS_LIMIT))
    except json.JSONDecodeError as error:
        return [syntax_fault(error)]
    except RecursionError:
        return [depth_fault("")]
    return found if len(found) < FAULTS_LIMIT else [*found[:-1], _GIVEN_UP]


def _is_too_deep(value: object, text: str) -> bool:
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    level = _containers_in([value])
    for _ in range(DEPTH_LIMIT):
        level = [inner for outer in level for inner in _containers_in(outer)]
        if not level:
            return False
    return True


def _containers_in(container: object) -> list[object]:
    if isinstance(container, dict):
        inner: Collection[object] = cast("dict[str, object]", container).values()
    else:
        inner = cast("list[object]", container)
    return [each for each in inner if isinstance(each, dict | list)]


def _faults(tree: object) -> Iterator[Fault]:
    # a stack of its own: recursion could not follow what the decoder just managed to build
    ahead: list[tuple[str, int, object]] = [("", 0, tree)]
    while ahead:
        pointer, depth, value = ahead.pop()
        match value:
            case _Blemish():
                yield value.at(pointer)
            case str() if _has_surrogate(value):
                yield surrogate_fault(pointer, value)
            case list() if depth == DEPTH_LIMIT:
                yield depth_fault(pointer)
            case _Pairs() if len(value) > MEMBERS_LIMIT:
                yield members_fault(pointer, len(value))
            case _Pairs():
                yield from _key_faults(pointer, value)
                inner = [(_below(pointer, key), depth + 1, member) for key, member in value]
                ahead.extend(reversed(inner))
            case list():
                inner = [
                    (f"{pointer}/{place}", depth + 1, item)
                    for place, item in enumerate(cast("list[object]", value))
                ]
                ahead.extend(reversed(inner))
            case _:
                continue


def _key_faults(pointer: str, members: _Pairs) -> Iterator[Fault]:
    seen: set[str] = set()
    for key, _ in members:
        if key in seen:
            yield repetition_fault(_below(pointer, key), key)
        elif _has_surrogate(key):
            yield surrogate_fault(_below(pointer, key), key)
        seen.add(key)


def _below(pointer: str, key: str) -> str:
    # bounded: a pointer is built for every value, and a key may be as long as the body
    return below(pointer, clean(key, limit=_KEY_LIMIT))


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _constant(name: str) -> _Blemish:
    return _Blemish("not-a-number", name, "a finite number")


def _integer(written: str) -> int | _Blemish:
    return int(written) if len(written) <= DIGITS_LIMIT else _endless(written)


def _decimal(written: str) -> Decimal | _Blemish:
    if len(written) > DIGITS_LIMIT:
        return _endless(written)
    try:
        number = Decimal(written)
    except InvalidOperation:
        return _endless(written)
    return number if abs(number.adjusted()) <= DIGITS_LIMIT else _endless(written)


def _endless(written: str) -> _Blemish:
    return _Blemish("endless-digits", written, f"a number of at most {DIGITS_LIMIT} digits")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs) or len(members) > MEMBERS_LIMIT:
        raise BlemishedError
    return members


def _unblemished(value: Decimal | int | _Blemish) -> Decimal | int:
    if isinstance(value, _Blemish):
        raise BlemishedError
    return value


_BRIEF: Final = json.JSONDecoder(
    parse_constant=lambda name: _unblemished(_constant(name)),
    parse_float=lambda written: _unblemished(_decimal(written)),
    object_pairs_hook=_members,
)
_STRICT: Final = json.JSONDecoder(
    parse_constant=lambda name: _unblemished(_constant(name)),
    parse_int=lambda written: _unblemished(_integer(written)),
    parse_float=lambda written: _unblemished(_decimal(written)),
    object_pairs_hook=_members,
)
_LENIENT: Final = json.JSONDecoder(
    parse_constant=_constant, parse_int=_integer, parse_float=_decimal, object_pairs_hook=_Pairs
)

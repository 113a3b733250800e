"""JSON in which every number keeps its written digits."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from app.web.json_reading import decode


def json_text(value: object, *, indent: int | None = None) -> str:
    """The value as JSON, in ASCII, members in their order; the bytes are the same everywhere.

    >>> json_text({"epochs": Decimal("2.50"), "names": ["a", None]})
    '{"epochs":2.50,"names":["a",null]}'

    Args:
        value: Objects, arrays, text, booleans, integers, decimals and None.
        indent: Spaces of a level; without it everything stands on one line.

    Raises:
        TypeError: For a value that is none of these.
    """
    return _written(value, "" if indent is None else " " * indent, "\n" if indent else "")


def read_json(text: str | bytes) -> object:
    """The value that JSON of one meaning spells, numbers with a fraction as Decimal.

    >>> read_json('{"passes": 5.0}')
    {'passes': Decimal('5.0')}

    Raises:
        ValueError: It is no JSON, or readers disagree about it: NaN, keys given twice.
        RecursionError: It is nested without end.
    """
    return decode(text.decode() if isinstance(text, bytes) else text)


def _written(value: object, indent: str, ahead: str) -> str:
    match value:
        case None | bool() | int() | str():
            return json.dumps(value)
        case Decimal():
            return str(value)
        case Mapping():
            members = cast("Mapping[str, object]", value)
            colon = ": " if ahead else ":"
            texts = [
                f"{json.dumps(name)}{colon}{_written(member, indent, _deeper(ahead, indent))}"
                for name, member in members.items()
            ]
            return _enclosed("{}", texts, indent, ahead)
        case Sequence():
            items = cast("Sequence[object]", value)
            texts = [_written(item, indent, _deeper(ahead, indent)) for item in items]
            return _enclosed("[]", texts, indent, ahead)
        case _:
            message = f"JSON has no {type(value).__name__}"
            raise TypeError(message)


def _deeper(ahead: str, indent: str) -> str:
    return ahead + indent if ahead else ""


def _enclosed(brackets: str, texts: Sequence[str], indent: str, ahead: str) -> str:
    if not texts:
        return brackets
    inner = _deeper(ahead, indent)
    joined = f",{inner}".join(texts)
    return f"{brackets[0]}{inner}{joined}{ahead}{brackets[1]}"

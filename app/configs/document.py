"""The text of a config: JSON or YAML in, exact values and faults with their lines out."""

import json
import re
from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import cast

import yaml

from app.errors import Fault

Values = dict[str, object]
"""Strings, booleans, None, int, Decimal for other numbers, lists and dictionaries of them."""

Parsed = tuple[Values, list[Fault]]

_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_FLOAT_TAG = "tag:yaml.org,2002:float"
_MERGE_KEY = "<<"


def parse_json(text: str) -> Parsed:
    """The values of a JSON object; numbers are taken by their digits.

    >>> parse_json('{"lr": 0.1}')[0]
    {'lr': Decimal('0.1')}
    >>> parse_json('{"lr": 0.1,}')[1][0].detail.partition(": ")[0]
    'line 1, column 12'
    """
    twice: list[str] = []

    def pairs_of(pairs: list[tuple[str, object]]) -> Values:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    try:
        values = json.loads(
            text, parse_float=Decimal, parse_constant=_refused_constant, object_pairs_hook=pairs_of
        )
    except json.JSONDecodeError as error:
        return {}, [malformed(error.msg, "JSON", line=error.lineno, column=error.colno)]
    except (ValueError, RecursionError) as error:
        return {}, [malformed(str(error), "JSON")]
    mapping, faults = _mapping(values, "JSON")
    return mapping, [*faults, *(_duplicate(name) for name in twice)]


def parse_yaml(text: str) -> Parsed:
    """The values of a YAML mapping, as the safe loader of PyYAML has them, but with exact numbers.

    Numbers such as 1e9, which YAML 1.1 takes for text, are numbers here.

    >>> parse_yaml("max_steps: 1e9")[0]
    {'max_steps': Decimal('1E+9')}
    """
    try:
        loader = _ExactLoader(text)
        values = cast("object", loader.get_single_data())
    except yaml.MarkedYAMLError as error:
        mark, said = error.problem_mark, str(error.problem)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        return {}, [malformed(said, "YAML", line=line, column=column)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return {}, [malformed("a character that no YAML may have", "YAML", line=line)]
    except (ValueError, RecursionError) as error:
        return {}, [malformed(str(error), "YAML")]
    mapping, faults = _mapping(values, "YAML")
    return mapping, [*faults, *loader.duplicates]


def parse_either(text: str) -> Parsed:
    """The values of a JSON object, or of a YAML mapping.

    >>> parse_either('{"seed": 1}')[0] == parse_either("seed: 1")[0]
    True
    """
    if not text.lstrip().startswith("{"):
        return parse_yaml(text)
    values, faults = parse_json(text)
    if not faults:
        return values, faults
    in_flow_style, others = parse_yaml(text)
    return (values, faults) if others else (in_flow_style, others)


def value_at(values: object, key: str) -> object:
    """The value of a dotted key; None where it is not there.

    >>> value_at({"trainer": {"devices": 8}}, "trainer.devices")
    8
    """
    name, _, rest = key.partition(".")
    inner = cast("Values", values).get(name) if isinstance(values, dict) else None
    return value_at(inner, rest) if rest else inner


def malformed(said: str, language: str, *, line: int = 0, column: int = 0) -> Fault:
    """The fault of a text that cannot be read.

    >>> malformed("no closing quotation", "YAML", line=3).detail
    'line 3: no closing quotation'

    Args:
        said: What is wrong.
        language: What the text should be.
        line: Where it is, from 1; 0 where nobody knows.
        column: Likewise.
    """
    place = f"line {line}" if line else ""
    place += f", column {column}" if column else ""
    return Fault(
        code="malformed-config",
        pointer="",
        detail=f"{place}: {said}" if place else said,
        given=None,
        allowed=f"readable {language}",
    )


def _refused_constant(name: str) -> object:
    message = f"{name} is no number of JSON"
    raise ValueError(message)


def _mapping(values: object, language: str) -> Parsed:
    if isinstance(values, dict):
        return cast("Values", values), []
    kind = "nothing" if values is None else f"a {type(values).__name__}"
    return {}, [malformed(f"the config is {kind}, no mapping of keys", language)]


def _duplicate(name: str, line: int = 0) -> Fault:
    return Fault(
        code="duplicate-key",
        pointer="",
        detail=f"line {line}: {name} is given twice" if line else f"{name} is given twice",
        given=name,
        allowed="every key once",
    )


class _ExactLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which notes keys that are given twice and keeps numbers exact."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.duplicates: list[Fault] = []

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - as PyYAML has it
    ) -> dict[Hashable, object]:
        """A mapping with texts for keys; the repeated ones are noted."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen and name != _MERGE_KEY:
                self.duplicates.append(_duplicate(name, key.start_mark.line + 1))
            seen.add(name)
        mapping = super().construct_mapping(node, deep)
        return {str(key): value for key, value in mapping.items()}

    def construct_exact(self, node: yaml.ScalarNode) -> object:
        """A finite number by its digits; the text of any other, such as .inf."""
        written = str(node.value)
        return Decimal(written.replace("_", "")) if _NUMBER.fullmatch(written) else written


_ExactLoader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType] - has no types
    _FLOAT_TAG, re.compile(f"^(?:{_NUMBER.pattern})$"), [*"+-.0123456789"]
)
_ExactLoader.add_constructor(_FLOAT_TAG, _ExactLoader.construct_exact)

Parser = Callable[[str], Parsed]

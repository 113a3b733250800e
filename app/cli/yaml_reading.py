"""YAML, and JSON as a part of it, read so that the place of every key is known."""

import json
from collections.abc import Iterator
from typing import Final

import yaml

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
    mark_of_offset,
    nodes_flaw,
    unreadable,
)
from app.cli.scalars import ScalarError, read_scalar
from app.pointers import below

_OPENING: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING: Final = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_NODES: Final = (yaml.ScalarEvent, *_OPENING)
_MERGE_KEY: Final = "<<"


def read_yaml(text: str) -> Reading:
    r"""The one document of a YAML text, with every flaw of it.

    Neither anchors nor tags nor merge keys are read, and a key given twice is a flaw: what is
    accepted has one meaning, and no text grows when it is read.

    >>> reading = read_yaml("sampling:\n  seed: 1_000")
    >>> reading.value, reading.marks["/sampling/seed"]
    ({'sampling': {'seed': 1000}}, Mark(line=2, column=3))
    """
    try:
        flaws = tuple(_structural_flaws(text))
        root = None if flaws else yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # the last two: an escape beyond Unicode, which PyYAML does not catch itself
        return unreadable(_syntax_flaw(text, error))
    if flaws:
        return unreadable(*flaws)
    if root is None:
        return unreadable(Flaw("empty", "there is nothing in it"))
    builder = _Builder()
    return Reading(builder.value_of(root, ""), builder.marks, tuple(builder.flaws))


def read_json_document(text: str) -> Reading:
    """The value of a JSON text, with every flaw of it.

    >>> read_json_document('{"a": 1, "a": 2}').flaws[0].code
    'repeated-key'
    """
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        mark = Mark(error.lineno, error.colno)
        return unreadable(Flaw("not-json", f"it is no JSON: {error.msg}", mark))
    except RecursionError:
        return unreadable(depth_flaw(START))
    # JSON takes tabs between its tokens, and has none within them; YAML takes none
    return read_yaml(text.replace("\t", " "))


def _structural_flaws(text: str) -> Iterator[Flaw]:
    depth = documents = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = _mark(event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        nodes += isinstance(event, _NODES)
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > DEPTH_LIMIT:
            yield depth_flaw(mark)
            return
        if nodes > NODES_LIMIT:
            yield nodes_flaw(mark)
            return
        if documents > 1:
            yield Flaw("several-documents", "a second document begins here; one is read", mark)
            return
        yield from _decorations(event, mark)


def _decorations(event: yaml.Event, mark: Mark) -> Iterator[Flaw]:
    if isinstance(event, yaml.AliasEvent):
        yield Flaw("alias", f"the alias *{event.anchor} is not read; write the value out", mark)
    elif isinstance(event, _NODES):
        if event.anchor is not None:
            yield Flaw("anchor", f"the anchor &{event.anchor} is not read", mark)
        if event.tag is not None:
            yield Flaw("tag", f"the tag {event.tag} is not read", mark)


class _Builder:
    """Turns nodes into values, and notes where their keys stand.

    Recursion is bounded by the levels that `_structural_flaws` lets pass.
    """

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        self.flaws: list[Flaw] = []

    def value_of(self, node: yaml.Node, pointer: str) -> object:
        match node:
            case yaml.MappingNode():
                return self._mapping(node, pointer)
            case yaml.SequenceNode():
                return [
                    self._member(item, item, below(pointer, place))
                    for place, item in enumerate(node.value)
                ]
            case _:
                return self._scalar(node, pointer)

    def _mapping(self, node: yaml.MappingNode, pointer: str) -> dict[str, object]:
        members: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, pointer)
            if key is None:
                continue
            inner = below(pointer, key)
            if len(inner) > POINTER_LIMIT:
                self.flaws.append(key_flaw(key, _mark(key_node), pointer))
                continue
            if key in members:
                first = self.marks[inner].line
                message = f"{key} is given more than once; first in line {first}"
                self._flaw("repeated-key", message, key_node, inner)
                continue
            members[key] = self._member(key_node, value_node, inner)
        return members

    def _member(self, place: yaml.Node, node: yaml.Node, pointer: str) -> object:
        self.marks[pointer] = _mark(place)
        return self.value_of(node, pointer)

    def _key(self, node: yaml.Node, pointer: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._flaw("key-not-text", "a key must be text, not a collection", node, pointer)
            return None
        if node.value == _MERGE_KEY and node.style is None:
            self._flaw("merge-key", "merge keys are not read; write it out", node, pointer)
            return None
        key = self._scalar(node, pointer)
        if isinstance(key, str):
            return key
        message = f"the key {node.value[:40]} is no text; put it in quotes"
        self._flaw("key-not-text", message, node, pointer)
        return None

    def _scalar(self, node: yaml.Node, pointer: str) -> object:
        written: str = node.value
        if getattr(node, "style", None) is not None:
            return self._whole_text(written, node, pointer)
        try:
            return read_scalar(written)
        except ScalarError as error:
            self._flaw(error.code, str(error), node, pointer)
            return None

    def _whole_text(self, written: str, node: yaml.Node, pointer: str) -> str:
        # JSON escapes characters beyond 16 bits as two halves
        units = written.encode("utf-16-le", "surrogatepass")
        try:
            return units.decode("utf-16-le")
        except UnicodeDecodeError:
            self._flaw("lone-surrogate", "text holds half of a surrogate pair", node, pointer)
            return ""

    def _flaw(self, code: str, message: str, node: yaml.Node, pointer: str) -> None:
        self.flaws.append(Flaw(code, message, _mark(node), pointer))


def _mark(thing: yaml.Event | yaml.Node) -> Mark:
    place = thing.start_mark
    return START if place is None else Mark(place.line + 1, place.column + 1)


def _syntax_flaw(text: str, error: Exception) -> Flaw:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        place = error.problem_mark
        what = f"{error.context or ''} {error.problem or ''}".strip()
        return Flaw("not-yaml", f"it is no YAML: {what}", Mark(place.line + 1, place.column + 1))
    if isinstance(error, yaml.reader.ReaderError):
        mark = mark_of_offset(text, error.position)
        return Flaw("not-yaml", f"it is no YAML: {error.reason}", mark)
    return Flaw("not-yaml", f"it is no YAML: {error}")

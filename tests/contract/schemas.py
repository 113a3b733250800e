"""Two JSON schemas of the same thing: what the newer one takes away."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]

ALTERNATIVES = ("anyOf", "oneOf")
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


class Schemas:
    """The schemas of two documents."""

    def __init__(self, old: Json, new: Json) -> None:
        self._documents = (old, new)

    def narrowed(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """What a client may no longer send."""
        yield from _Pair(self._documents, where, request=True).compared(old, new)

    def changed(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """What a client no longer finds where it reads."""
        yield from _Pair(self._documents, where, request=False).compared(old, new)


@dataclass(frozen=True)
class _Pair:
    """A place in two documents.

    Attributes:
        documents: The older and the newer one.
        where: The place, in words.
        request: Whether a client writes there, and does not read.
        inside: Pairs of references that are being compared further out.
    """

    documents: tuple[Json, Json]
    where: str
    request: bool
    inside: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def compared(self, old: Json, new: Json) -> Iterator[str]:
        references = (old.get("$ref", ""), new.get("$ref", ""))
        if references in self.inside:
            return
        inside = self.inside | {references} if all(references) else self.inside
        pair = replace(self, inside=inside)
        yield from pair.resolved(_found(self.documents[0], old), _found(self.documents[1], new))

    def resolved(self, old: Json, new: Json) -> Iterator[str]:
        before, after = _alternatives(old), _alternatives(new)
        if len(before) > 1 or len(after) > 1:
            yield from self._unions(before, after)
            return
        yield from self._types(_only(old), _only(new))
        yield from self._values(_only(old), _only(new))
        yield from self._fields(_only(old), _only(new))
        yield from self._elements(_only(old), _only(new))
        if self.request:
            yield from self._bounds(_only(old), _only(new))

    def _unions(self, before: list[Json], after: list[Json]) -> Iterator[str]:
        """Every old alternative is still one; a plain answer does not become a union."""
        if len(before) == 1 and not self.request:
            for each in after:
                yield from self.compared(before[0], each)
            return
        for each in before:
            yield from self._kept(each, sorted(after, key=lambda other: not _same(each, other)))

    def _kept(self, alternative: Json, after: list[Json]) -> Iterator[str]:
        """What is lost of an alternative, which may be kept under another name."""
        told: list[str] = []
        for other in after:
            lost = [*self.compared(alternative, other)]
            if not lost:
                return
            told += lost if _same(alternative, other) else []
        yield from told or [f"{self.where}: {_name(alternative)} is gone"]

    def _types(self, old: Json, new: Json) -> Iterator[str]:
        before, after = _types(old), _types(new)
        if self.request and after:
            lost = (before or {"any value"}) - _with_integers(after)
            if lost:
                yield f"{self.where} may no longer be {_listed(lost)}"
        elif not self.request and before:
            gained = (after or {"any value"}) - _with_integers(before)
            if gained:
                yield f"{self.where} may now be {_listed(gained)}"

    def _values(self, old: Json, new: Json) -> Iterator[str]:
        before, after = _values(old), _values(new)
        if after is None:
            return
        if before is None:
            if self.request:
                yield f"{self.where} may now only be {_listed(after)}"
            return
        for value in before:
            if value not in after:
                yield f"{self.where}: value {value!r} is gone"

    def _fields(self, old: Json, new: Json) -> Iterator[str]:
        kept, required = new.get("properties", {}), set(new.get("required", []))
        for name, schema in old.get("properties", {}).items():
            if name in kept:
                yield from self._at(f"{self.where}, field {name}").compared(schema, kept[name])
            else:
                yield f"{self.where}: field {name} is gone"
        needed = set(old.get("required", []))
        if self.request:
            for name in sorted(required - needed):
                yield f"{self.where}: field {name} is now required"
        else:
            for name in sorted((needed - required) & set(kept)):
                yield f"{self.where}: field {name} may now be missing"

    def _elements(self, old: Json, new: Json) -> Iterator[str]:
        for key in (each for each in ("items", "additionalProperties") if each in {*old, *new}):
            before, after = old.get(key, {}), new.get(key, {})
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self._at(f"{self.where}, its members").compared(before, after)
            elif self.request and after is False and before is not False:
                yield f"{self.where}: other fields are now refused"

    def _bounds(self, old: Json, new: Json) -> Iterator[str]:
        for value in _numbers(old):
            if not new.get("minimum", value) <= value <= new.get("maximum", value):
                yield f"{self.where}: value {value!r} is gone"
        if _numbers(old):
            return
        for keys, sign in ((LOWER_BOUNDS, 1), (UPPER_BOUNDS, -1)):
            for key in (each for each in keys if each in new):
                if key not in old or sign * new[key] > sign * old[key]:
                    yield f"{self.where}: {key} is now {new[key]}"
        if new.get("pattern", old.get("pattern")) != old.get("pattern"):
            yield f"{self.where}: pattern is now {new['pattern']}"

    def _at(self, where: str) -> "_Pair":
        return replace(self, where=where)


def _found(document: Json, schema: Json) -> Json:
    """The schema that a reference within its document leads to."""
    found = schema
    while "$ref" in found:
        target: Any = document
        for part in found["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        found = target
    return found


def _alternatives(schema: Json) -> list[Json]:
    return next((schema[key] for key in ALTERNATIVES if key in schema), [schema])


def _only(schema: Json) -> Json:
    """The schema itself, or its only alternative."""
    alternatives = _alternatives(schema)
    return alternatives[0] if alternatives[0] is not schema else schema


def _types(schema: Json) -> set[str]:
    given = schema.get("type", [])
    return {given} if isinstance(given, str) else set(given)


def _with_integers(types: set[str]) -> set[str]:
    return types | {"integer"} if "number" in types else types


def _values(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _numbers(schema: Json) -> list[float]:
    """The numbers that it may only be."""
    return [each for each in _values(schema) or () if isinstance(each, int | float)]


def _same(old: Json, new: Json) -> bool:
    """Whether two alternatives go by the same name."""
    return _name(old) == _name(new)


def _name(schema: Json) -> str:
    told = schema.get("$ref", "").rpartition("/")[2] or schema.get("title") or schema.get("type")
    return str(told or "an alternative")


def _listed(values: Any) -> str:
    return ", ".join(sorted(map(str, values)))

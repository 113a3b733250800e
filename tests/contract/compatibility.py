"""What a new description of the API takes away from the clients of an older one.

Additions are free: operations, optional parameters and fields, response fields, values, statuses.
What a client may send must stay legal; what it reads must stay there, and of the same type.
"""

from collections.abc import Iterator
from typing import Any

from tests.contract.schemas import Schemas

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "patch", "trace")


def broken_promises(old: Json, new: Json) -> list[str]:
    """A sentence for everything that a client of `old` may stumble over in `new`."""
    schemas = Schemas(old, new)
    return [*_paths(old, new, schemas)]


def _paths(old: Json, new: Json, schemas: Schemas) -> Iterator[str]:
    for path, methods in old["paths"].items():
        for method in (each for each in METHODS if each in methods):
            name = f"{method.upper()} {path}"
            kept = new["paths"].get(path, {}).get(method)
            if kept is None:
                yield f"{name} is gone"
            else:
                yield from _operation(name, methods[method], kept, schemas)


def _operation(name: str, old: Json, new: Json, schemas: Schemas) -> Iterator[str]:
    if old.get("operationId") != new.get("operationId"):
        yield f"{name}: operationId {old.get('operationId')} is now {new.get('operationId')}"
    yield from _parameters(name, old, new, schemas)
    yield from _body(f"{name}: the body", old.get("requestBody"), new.get("requestBody"), schemas)
    for status, response in old.get("responses", {}).items():
        kept = new.get("responses", {}).get(status)
        if kept is None:
            yield f"{name}: status {status} is gone"
        else:
            yield from _response(f"{name}: {status}", response, kept, schemas)


def _parameters(name: str, old: Json, new: Json, schemas: Schemas) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for key, parameter in before.items():
        where = f"{name}: {key[0]} parameter {key[1]}"
        kept = after.get(key)
        if kept is None:
            yield f"{where} is gone"
            continue
        if kept.get("required", False) and not parameter.get("required", False):
            yield f"{where} is now required"
        yield from schemas.narrowed(where, parameter.get("schema", {}), kept.get("schema", {}))
    for key, parameter in after.items():
        if key not in before and parameter.get("required", False):
            yield f"{name}: {key[0]} parameter {key[1]} is new and required"


def _by_name(operation: Json) -> dict[tuple[str, str], Json]:
    return {(each["in"], each["name"]): each for each in operation.get("parameters", [])}


def _body(where: str, old: Json | None, new: Json | None, schemas: Schemas) -> Iterator[str]:
    if new is None:
        if old is not None:
            yield f"{where} is gone"
        return
    if new.get("required", False) and not (old or {}).get("required", False):
        yield f"{where} is now required"
    for media, content in (old or {}).get("content", {}).items():
        kept = new["content"].get(media)
        if kept is None:
            yield f"{where} may no longer be {media}"
        else:
            yield from schemas.narrowed(where, content.get("schema", {}), kept.get("schema", {}))


def _response(where: str, old: Json, new: Json, schemas: Schemas) -> Iterator[str]:
    for header in old.get("headers", {}):
        if header not in new.get("headers", {}):
            yield f"{where}: header {header} is gone"
    for media, content in old.get("content", {}).items():
        kept = new.get("content", {}).get(media)
        if kept is None:
            yield f"{where}: {media} is gone"
        else:
            yield from schemas.changed(where, content.get("schema", {}), kept.get("schema", {}))

"""Reads the keys of a framework's config out of its sources, where it cannot be run here."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

Defaults = dict[str, Any]
"""Name -> default; None where there is none, or no literal."""

MEGATRON_CLASSES: Final = (
    *("training/training_config.py", "training/common_config.py", "training/resilience_config.py"),
    *("core/model_parallel_config.py", "core/transformer/transformer_config.py"),
)


def tree_of(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


def literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def parameters(function: ast.FunctionDef) -> Defaults:
    given = function.args
    positional = [*given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    pairs = [
        *zip(positional, [*defaults, *given.defaults], strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return {each.arg: literal(default) for each, default in pairs if each.arg != "self"}


def members(source: Path, of_class: str) -> Defaults:
    """Parameters of the constructor of a class, or the fields of a dataclass."""
    found = next(
        node
        for node in tree_of(source).body
        if isinstance(node, ast.ClassDef) and node.name == of_class
    )
    for node in found.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return parameters(node)
    return {name: literal(value) for name, value in fields(found)}


def fields(of_class: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    for node in of_class.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.value


def megatron_keys(checkout: Path) -> list[str]:
    """Every argument of Megatron-LM: those that are added, and those made of dataclasses.

    Source: Megatron-LM core_v0.16.1, megatron/training/argument_utils.py (ArgumentGroupFactory).
    """
    package = checkout / "megatron"
    tree = tree_of(package / "training" / "arguments.py")
    classes = {
        node.name: node
        for source in MEGATRON_CLASSES
        for node in tree_of(package / source).body
        if isinstance(node, ast.ClassDef)
    }
    keys: set[str] = set()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        keys.update(added(function))
        for name, excluded in factories(function):
            keys.update(generated(classes, name, excluded))
    return sorted(keys)


def added(function: ast.FunctionDef) -> Iterator[str]:
    for call in calls(function, "add_argument"):
        names = [literal(argument) for argument in call.args]
        yield from (name for name in names if isinstance(name, str) and name.startswith("--"))


def factories(function: ast.FunctionDef) -> Iterator[tuple[str, list[str]]]:
    """The dataclasses that become arguments here, and which of their fields do not."""
    listed = [
        literal(node.value)
        for node in function.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "exclude"
    ]
    for call in calls(function, "ArgumentGroupFactory"):
        excluded: list[str] | None = next((literal(each.value) for each in call.keywords), [])
        if isinstance(call.args[0], ast.Name):
            yield call.args[0].id, excluded if excluded is not None else listed[0]


def calls(function: ast.FunctionDef, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and name in {
            getattr(called, "id", None),
            getattr(called, "attr", None),
        }:
            yield node


def generated(classes: dict[str, ast.ClassDef], name: str, excluded: list[str]) -> Iterator[str]:
    for base in classes[name].bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from generated(classes, base.id, excluded)
    for field, value in fields(classes[name]):
        if field not in excluded:
            yield from field_names(field, value)


def field_names(field: str, value: ast.expr | None) -> list[str]:
    default, told = literal(value), None
    if isinstance(value, ast.Call):
        keywords = {each.arg: literal(each.value) for each in value.keywords}
        default = keywords.get("default")
        told = ((keywords.get("metadata") or {}).get("argparse_meta") or {}).get("arg_names")
    if told:
        return list(told)
    dashed = field.replace("_", "-")
    return [f"--no-{dashed}", f"--disable-{dashed}"] if default is True else [f"--{dashed}"]

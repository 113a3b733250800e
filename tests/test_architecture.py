"""The laws of the house: who may import whom, and how large a thing may grow."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).parent.parent
PYPROJECT = str(ROOT / "pyproject.toml")
CONTRACTS = [contract["id"] for contract in read_configuration(PYPROJECT)["contracts_options"]]
PRODUCT = sorted((ROOT / "app").rglob("*.py"))
SOURCES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]
EXACT = [ROOT / "app" / "errors.py", *sorted((ROOT / "app" / "arithmetic").rglob("*.py"))]

LINES_PER_FILE = 250
LINES_PER_FUNCTION = 40
EMPTY_NOUNS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions_of(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines_of_body(function: Function) -> int:
    documented = ast.get_docstring(function, clean=False) is not None and len(function.body) > 1
    first = function.body[1 if documented else 0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("contract", CONTRACTS)
def test_imports_keep_the_contract(contract: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(PYPROJECT, limit_to_contracts=(contract,), cache_dir=None, no_logo=True)

    assert kept, capsys.readouterr().out


@pytest.mark.parametrize("path", EXACT, ids=named)
def test_exact_integers_need_only_the_standard_library(path: Path) -> None:
    ours = ("app.arithmetic", "app.errors")

    strangers = {
        name
        for name in imported_by(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(ours)
    }

    assert strangers == set()


def test_every_folder_of_the_product_is_a_package() -> None:
    folders = {path.parent for path in PRODUCT}

    bare = [named(folder) for folder in folders if not (folder / "__init__.py").exists()]

    assert bare == []


def test_no_file_outgrows_a_reader() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    outgrown = {name: count for name, count in lines.items() if count >= LINES_PER_FILE}

    assert outgrown == {}


def test_no_function_outgrows_a_screen() -> None:
    bodies = {
        f"{named(path)}:{function.lineno} {function.name}": lines_of_body(function)
        for path in SOURCES
        for function in functions_of(path)
    }

    outgrown = {name: count for name, count in bodies.items() if count > LINES_PER_FUNCTION}

    assert outgrown == {}


def test_no_file_is_named_after_nothing() -> None:
    nouns = {named(path): set(path.stem.split("_")) for path in PRODUCT}

    empty = [name for name, words in nouns.items() if words & EMPTY_NOUNS]

    assert empty == []

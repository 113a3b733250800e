"""The package stands on its own: httpx, NumPy and the standard library."""

import ast
import sys
import tomllib
from pathlib import Path

import epochplan_client

ROOT = Path(__file__).parents[2] / "client"
SOURCES = sorted((ROOT / "epochplan_client").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def imported_by(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_it_imports_nothing_but_httpx_and_numpy() -> None:
    names = {name.split(".")[0] for path in SOURCES for name in imported_by(path)}

    assert names - sys.stdlib_module_names == {"epochplan_client", "httpx", "numpy"}


def test_it_says_what_it_needs() -> None:
    needed = {text.split(">")[0] for text in PROJECT["dependencies"]}

    assert needed == {"httpx", "numpy"}


def test_its_version_is_told_once_and_again() -> None:
    assert epochplan_client.__version__ == PROJECT["version"]


def test_it_is_typed() -> None:
    assert (ROOT / "epochplan_client" / "py.typed").exists()


def test_no_file_outgrows_a_reader() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: count for name, count in lines.items() if count >= 250} == {}

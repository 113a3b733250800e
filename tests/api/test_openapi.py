import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from app.api.description import described_app
from app.api.openapi import openapi_text
from tests.running import ROOT

DOCUMENT = described_app().openapi()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_reference_leads_somewhere() -> None:
    schemas = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}

    assert set(references(DOCUMENT)) <= schemas


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, operation in operations()]

    assert len(names) == len(set(names))


def test_head_is_described_nowhere() -> None:
    assert [name for name, _ in operations() if name.startswith("head")] == []


def test_every_refusal_is_described_as_a_problem() -> None:
    others = [
        (name, status)
        for name, operation in operations()
        for status, response in operation["responses"].items()
        if status >= "4" and "application/problem+json" not in response["content"]
    ]

    assert others == []


def test_the_package_prints_the_document() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "app.api"], cwd=ROOT, capture_output=True, check=True
    )

    assert printed.stdout.decode() == openapi_text(DOCUMENT)


def test_the_document_in_the_repository_is_that_of_the_code() -> None:
    written = (ROOT / "openapi.json").read_text(encoding="utf-8")

    assert written == openapi_text(DOCUMENT), "openapi.json is stale: make openapi"

"""Plans against what the real frameworks answered when they were recorded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.answering import mismatches, our_answer

GOLDEN = Path(__file__).parent.parent / "golden"
RECORDS = sorted((GOLDEN / "peers").glob("*.json"))
PUBLISHED = sorted(GOLDEN.glob("*_published.json"))
FEWEST_RECORDS = 50


def records_of(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["records"] if isinstance(content, dict) else content
    return found


def disagreements(path: Path) -> Iterator[str]:
    for record in records_of(path):
        for mismatch in mismatches(our_answer(record["case"]), record["answer"]):
            yield f"{json.dumps(record['case'])}: {mismatch}"


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_every_record_of_a_real_framework_is_answered_alike(path: Path) -> None:
    found = [*disagreements(path)]

    assert found == []


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_what_a_framework_publishes_of_itself_is_answered_alike(path: Path) -> None:
    found = [*disagreements(path)]

    assert found == []


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_there_are_enough_records_and_most_are_plans(path: Path) -> None:
    planned = [record for record in records_of(path) if "refused" not in record["answer"]]

    assert len(planned) >= FEWEST_RECORDS

from pathlib import Path

import pytest

from app.cli.repository import path_in_repository


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("spec.yaml", "jobs/spec.yaml"),
        ("../spec.yaml", "spec.yaml"),
        ("/etc/spec.yaml", "/etc/spec.yaml"),
        ("../../spec.yaml", "../../spec.yaml"),
    ],
)
def test_a_path_begins_at_the_root_of_the_repository(
    here: Path, monkeypatch: pytest.MonkeyPatch, file: str, shown: str
) -> None:
    (here / ".git").mkdir()
    (here / "jobs").mkdir()
    monkeypatch.chdir(here / "jobs")

    assert path_in_repository(file) == shown


def test_without_a_repository_a_path_begins_here(here: Path) -> None:
    assert path_in_repository(str(here / "a" / "spec.yaml")) == "a/spec.yaml"

"""What a merge request is told by the GitLab job."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

from tests.examples.changed_repository import (
    DOUBLED,
    FAULTY,
    SPEC,
    ChangedRepository,
    changed_repository,
)
from tests.examples.trainer import EXAMPLES

JOB: Any = yaml.safe_load((EXAMPLES / "gitlab/.gitlab-ci.yml").read_text(encoding="utf-8"))[
    "epochplan"
]


def merge_request(
    folder: Path, url: str, *, before: str | None = SPEC, after: str
) -> tuple[ChangedRepository, subprocess.CompletedProcess[str]]:
    repository = changed_repository(folder, url, before=before, after=after)
    if before is None:
        locked = repository.run("epochplan lock epochplan.yaml")
        assert locked.returncode == 0, locked.stderr
    variables = {name: JOB["variables"][name] for name in ("SPEC", "LOCK", "POLICY")}
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base}
    # GitLab runs all lines of a script in one shell
    return repository, repository.run("\n".join(JOB["script"]), **base, **variables)


def junit_of(repository: ChangedRepository) -> JUnitXml:
    return JUnitXml.fromfile(str(repository.folder / JOB["artifacts"]["reports"]["junit"]))


@pytest.fixture(scope="module")
def doubled(
    tmp_path_factory: pytest.TempPathFactory, url: str
) -> tuple[ChangedRepository, subprocess.CompletedProcess[str]]:
    return merge_request(tmp_path_factory.mktemp("gitlab"), url, after=DOUBLED)


def test_drift_fails_the_job(
    doubled: tuple[ChangedRepository, subprocess.CompletedProcess[str]],
) -> None:
    _, done = doubled

    assert done.returncode == 1
    assert "failed" in done.stdout


def test_its_log_tells_what_changes(
    doubled: tuple[ChangedRepository, subprocess.CompletedProcess[str]],
) -> None:
    _, done = doubled

    assert "### Schedule: base/epochplan.yaml -\\> epochplan.yaml" in done.stdout
    assert "| steps | `/total_steps` | 192 | 96 |" in done.stdout


def test_its_report_has_every_problem(
    doubled: tuple[ChangedRepository, subprocess.CompletedProcess[str]],
) -> None:
    repository, done = doubled

    assert junit_of(repository).failures == done.stdout.count("allow ")


def test_what_it_keeps_is_there(
    doubled: tuple[ChangedRepository, subprocess.CompletedProcess[str]],
) -> None:
    repository, _ = doubled

    assert all((repository.folder / path).exists() for path in JOB["artifacts"]["paths"])


def test_nothing_changed_passes(tmp_path: Path, url: str) -> None:
    repository, done = merge_request(tmp_path, url, after=f"# the same\n{SPEC}")

    assert (done.returncode, junit_of(repository).failures) == (0, 0)
    assert "No changes" in done.stdout


def test_a_new_schedule_is_told_and_checked(tmp_path: Path, url: str) -> None:
    repository, done = merge_request(tmp_path, url, before=None, after=SPEC)

    assert (done.returncode, junit_of(repository).failures) == (0, 0)
    assert "epochplan plan" in done.stdout


def test_a_faulty_schedule_fails_with_every_fault(tmp_path: Path, url: str) -> None:
    repository, done = merge_request(tmp_path, url, after=FAULTY)

    assert done.returncode == 1
    assert junit_of(repository).failures >= 2

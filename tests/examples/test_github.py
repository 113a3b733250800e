"""What a pull request is told by the composite action."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.examples.changed_repository import DOUBLED, FAULTY, SPEC, changed_repository, git
from tests.examples.github_steps import ACTION, GithubRun
from tests.examples.trainer import EXAMPLES

MARK = "<!-- epochplan -->\n"


def prepared(
    folder: Path, url: str, *, before: str | None = SPEC, after: str = DOUBLED
) -> GithubRun:
    repository = changed_repository(folder, url, before=before, after=after)
    return GithubRun.prepared(repository, folder / "github")


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory, url: str) -> GithubRun:
    """A pull request with twice the ranks, compared and commented."""
    run = prepared(tmp_path_factory.mktemp("doubled"), url)
    for step in ("Compare", "Comment"):
        done = run.step(step)
        assert done.returncode == 0, done.stderr
    return run


def test_the_comment_tells_what_changes(doubled: GithubRun) -> None:
    assert doubled.comment.startswith(f"{MARK}### Schedule: base/epochplan.yaml")
    assert "| steps | `/total_steps` | 192 | 96 |" in doubled.comment


def test_the_summary_of_the_run_tells_the_same(doubled: GithubRun) -> None:
    assert doubled.summary == doubled.comment.removeprefix(MARK)


def test_later_steps_know_that_something_changed(doubled: GithubRun) -> None:
    assert doubled.output == "changed=true\n"


def test_a_second_run_replaces_the_comment_of_the_first(doubled: GithubRun) -> None:
    done = doubled.step("Comment")

    assert done.returncode == 0
    assert "PATCH repos/someone/training/issues/comments/17" in doubled.calls[-1]


def test_drift_from_the_lock_is_annotated_in_the_line_of_the_field(doubled: GithubRun) -> None:
    done = doubled.step("Check")

    assert done.returncode == 1
    assert "::error file=epochplan.yaml,line=2," in done.stdout
    assert "global_batch_size doubles: 32 -> 64" in done.stdout


def test_the_same_problems_are_there_as_sarif(doubled: GithubRun) -> None:
    annotated = doubled.step("Check").stdout

    sarif = doubled.repository.folder / "epochplan.sarif"
    found = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert len(found) == annotated.count("::error ")


def test_drift_that_is_allowed_passes(doubled: GithubRun) -> None:
    done = doubled.step("Check", allow="global-batch geometry steps samples")

    assert done.returncode == 0, done.stdout
    assert "::error " not in done.stdout


def test_a_broken_policy_fails_without_any_lock(tmp_path: Path, url: str) -> None:
    run = prepared(tmp_path, url, after=SPEC.replace("2048", "2049"))

    done = run.step("Check", lock="", policy="epochplan.policy.yaml")

    assert done.returncode == 1
    assert "title=short-last-step" in done.stdout


def test_nothing_changed_means_no_comment(tmp_path: Path, url: str) -> None:
    run = prepared(tmp_path, url, after=f"# the same\n{SPEC}")

    codes = [run.step(step).returncode for step in ("Compare", "Comment", "Check")]

    assert (codes, run.output, run.comment) == ([0, 0, 0], "changed=false\n", "")


def test_a_new_schedule_is_told_as_a_whole(tmp_path: Path, url: str) -> None:
    run = prepared(tmp_path, url, before=None, after=SPEC)

    codes = [run.step(step).returncode for step in ("Compare", "Comment")]

    assert (codes, run.output) == ([0, 0], "changed=true\n")
    assert "epochplan plan" in run.comment


def test_a_faulty_schedule_is_annotated_with_every_fault(tmp_path: Path, url: str) -> None:
    run = prepared(tmp_path, url, after=FAULTY)

    compared, checked = run.step("Compare"), run.step("Check")

    assert (compared.returncode, run.output) == (0, "changed=unknown\n")
    assert checked.returncode == 1
    assert "::error file=epochplan.yaml,line=1," in checked.stdout
    assert "::error file=epochplan.yaml,line=5," in checked.stdout


@pytest.fixture
def advanced(tmp_path: Path, url: str) -> tuple[GithubRun, str]:
    """A pull request whose base is a commit that its clone has not, and that base."""
    run = prepared(tmp_path, url)
    git(tmp_path / "main", "commit", "--quiet", "--allow-empty", "--message", "later")
    return run, git(tmp_path / "main", "rev-parse", "HEAD")


def test_a_full_clone_keeps_its_history(advanced: tuple[GithubRun, str]) -> None:
    run, base = advanced

    done = run.step("Compare", base=base)

    assert (done.returncode, run.output) == (0, "changed=true\n")
    assert git(run.repository.folder, "rev-list", "--count", base) == "2"


def test_a_shallow_clone_fetches_one_commit_and_no_history(
    advanced: tuple[GithubRun, str],
) -> None:
    run, base = advanced
    clone = run.repository.folder
    (clone / ".git/shallow").write_text(f"{run.repository.base}\n", encoding="utf-8")

    done = run.step("Compare", base=base)

    assert (done.returncode, run.output) == (0, "changed=true\n")
    assert git(clone, "rev-list", "--count", base) == "1"


def test_no_step_writes_an_expression_into_its_shell() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]

    assert not [script for script in scripts if "${{" in script]


def test_the_workflow_gives_only_inputs_that_the_action_has() -> None:
    text = (EXAMPLES / "github/workflow.yml").read_text(encoding="utf-8")
    workflow: Any = yaml.safe_load(text)
    (used,) = (
        step for step in workflow["jobs"]["epochplan"]["steps"] if "examples/github" in step["uses"]
    )

    assert used["with"].keys() <= ACTION["inputs"].keys()

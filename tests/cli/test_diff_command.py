import json
from pathlib import Path

import pytest

from tests.cli.invoking import SPEC, invoked, read, written

DOUBLED = SPEC.replace("data_parallel_size: 4", "data_parallel_size: 8").replace(
    "global_batch_size: 100", "global_batch_size: 200"
)


@pytest.fixture
def pair(here: Path) -> tuple[str, str]:
    return written(here, SPEC, "old.yaml"), written(here, DOUBLED, "new.yaml")


def test_the_same_plan_changes_nothing(pair: tuple[str, str]) -> None:
    done = invoked("diff", pair[0], pair[0])

    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("No changes")


def test_a_change_is_told_with_its_numbers(pair: tuple[str, str]) -> None:
    done = invoked("diff", *pair)

    assert done.exit_code == 2
    assert "    ~ total_steps halves: 200 -> 100" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1].startswith("9 changes: 1 global-batch, 3 geometry, 3 steps")


def test_a_program_gets_the_answer_of_the_service(pair: tuple[str, str]) -> None:
    done = invoked("diff", *pair, "--format", "json")

    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["changed"], len(answer["changes"])) == (2, True, 9)


def test_a_comment_on_a_pull_request_has_a_table(pair: tuple[str, str]) -> None:
    done = invoked("diff", *pair, "--format", "markdown")

    lines = done.stdout.splitlines()
    assert (done.exit_code, lines[0]) == (2, "### Schedule: old.yaml -\\> new.yaml")
    assert sum(line.startswith("| ") for line in lines) == 11
    assert lines[-1].startswith("**Order:** ")


def test_a_comment_without_changes_has_no_table(pair: tuple[str, str]) -> None:
    done = invoked("diff", pair[0], pair[0], "--format", "markdown")

    assert (done.exit_code, "| " in done.stdout) == (0, False)


def test_annotations_stand_at_the_fields_of_the_new_spec(pair: tuple[str, str]) -> None:
    done = invoked("diff", *pair, "--format", "github")

    lines = done.stdout.splitlines()
    assert done.exit_code == 2
    assert lines[0].startswith("::notice file=new.yaml,line=3,col=1,title=global-batch changes::")
    assert lines[-2].startswith("::notice file=new.yaml,line=1,col=1,title=order::")
    assert lines[-1].startswith("9 changes")


def test_without_changes_there_are_no_annotations(pair: tuple[str, str]) -> None:
    done = invoked("diff", pair[0], pair[0], "--format", "github")

    assert (done.exit_code, done.stdout.startswith("No changes")) == (0, True)


def test_a_lock_and_a_plan_id_are_plans_as_well(pair: tuple[str, str]) -> None:
    invoked("lock", pair[0], "-o", "lock.json")
    plan_id = read("plan", pair[0])["plan_id"]

    done = invoked("diff", "lock.json", plan_id)

    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("lock.json -> ep1_")


def test_the_faults_of_both_files_come_at_once(here: Path) -> None:
    old = written(here, "a: 1\na: 2\n", "old.yaml")
    new = written(here, "{", "new.json")

    done = invoked("diff", old, new)

    assert done.exit_code == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["old.yaml", "new.json"]


def test_the_faults_of_both_specs_have_their_lines(here: Path) -> None:
    old = written(here, SPEC.replace("epochs: 10", "epochs: 0"), "old.yaml")
    new = written(here, SPEC.replace("dataset_size: 2000", "dataset_size: x"), "new.yaml")

    done = invoked("diff", old, new)

    assert done.exit_code == 1
    places = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert places == ["old.yaml:5:1", "new.yaml:2:1"]


def test_a_damaged_plan_id_is_told_by_its_name(pair: tuple[str, str]) -> None:
    done = invoked("diff", "ep1_damaged", pair[0])

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "ep1_damaged")


def test_a_refusal_of_neither_plan_stands_nowhere(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHPLAN_BODY_BYTES", "1024")
    options = SPEC + f"framework: {'x' * 2000}\n"

    done = invoked("diff", pair[0], written(Path(), options, "long.yaml"))

    assert (done.exit_code, done.stderr.startswith("error[")) == (1, True)


def test_a_lock_without_a_plan_id_is_refused(here: Path, pair: tuple[str, str]) -> None:
    lock = written(here, '{"lock_version": 1, "plan_id": 7}', "lock.json")

    done = invoked("diff", lock, pair[0], "--format", "github")

    assert done.exit_code == 1
    assert done.stdout.startswith("::error file=lock.json,line=1,col=21,title=illegal-lock::")

import json
from pathlib import Path

import pytest

from app.cli import planned
from app.cli.planner_link import PlannerLink
from app.review import lock
from tests.cli.invoking import SPEC, invoked, read, written

NAME_LIMIT = 255
"""Characters that most file systems take for a name."""


def test_what_the_job_sees_agrees_with_the_plan(here: Path) -> None:
    plan_id = read("plan", written(here, SPEC))["plan_id"]

    done = invoked("verify", plan_id, "--data-parallel-size", "4", "--dataset-size", "2000")

    assert done.exit_code == 0
    assert done.stdout.rstrip().endswith("agrees: dataset_size, data_parallel_size")


def test_every_mismatch_is_told_with_the_value_of_the_plan(here: Path) -> None:
    invoked("lock", written(here, SPEC), "-o", "lock.json")

    done = invoked("verify", "lock.json", "--data-parallel-size", "8", "--micro-batch-size", "24")

    lines = done.stderr.splitlines()
    assert done.exit_code == 1
    assert [line.partition(": ")[0] for line in lines] == [
        "--micro-batch-size",
        "--data-parallel-size",
    ]
    assert lines[1].endswith("(nearest: 4)")


def test_a_job_that_sees_nothing_verifies_nothing(here: Path) -> None:
    plan_id = read("plan", written(here, SPEC))["plan_id"]

    assert invoked("verify", plan_id).exit_code == 1


def test_a_spec_is_no_plan_to_verify(here: Path) -> None:
    done = invoked("verify", written(here, SPEC), "--data-parallel-size", "4")

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "error[no-plan-id]")


def test_every_number_that_cannot_be_read_is_told() -> None:
    done = invoked("verify", "ep1_x", "--data-parallel-size", ".inf", "--dataset-size", "nan")

    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 2)


def test_a_service_that_leaves_something_out_has_verified_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(*_words: object, **_named: object) -> dict[str, object]:
        return {"verified": ["dataset_size"]}

    monkeypatch.setattr(PlannerLink, "read", read)

    done = invoked("verify", "ep1_x", "--data-parallel-size", "4", "--dataset-size", "9")

    assert done.exit_code == 1
    assert done.stderr == (
        "error[not-this-service]: the answer says nothing about data_parallel_size\n"
    )


def test_a_plan_may_have_a_longer_name_than_any_file(here: Path) -> None:
    framework = {"name": "mosaic-streaming", "num_physical_nodes": 2, "ranks_per_node": 2}
    fields = {
        "dataset_size": 2**40,
        "global_batch_size": 4096,
        "data_parallel_size": 4,
        "epochs": 2,
        "framework": framework | {"shuffle_algo": "py1s", "shuffle_block_size": 123_456_789},
    }
    plan_id = read("plan", written(here, json.dumps(fields), "spec.json"))["plan_id"]

    done = invoked("verify", plan_id, "--data-parallel-size", "4")

    assert len(plan_id) > NAME_LIMIT
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"lock_version": 2, "plan_id": "ep1_x"}', ["lock.json:1:2"]),
        ('{"lock_version": 1,\n "plan_id": "x"}', ["lock.json:2:2"]),
        ('{"lock_version": "1",\n "plan_id": 7}', ["lock.json:1:2", "lock.json:2:2"]),
    ],
)
def test_a_lock_that_names_no_plan_of_this_release_is_refused(
    here: Path, text: str, places: list[str]
) -> None:
    done = invoked("verify", written(here, text, "lock.json"), "--data-parallel-size", "4")

    told = [line.partition(": error[illegal-lock]: ")[0] for line in done.stderr.splitlines()]
    assert done.exit_code == 1
    assert [place.endswith(end) for place, end in zip(told, places, strict=True)] == [True] * len(
        places
    )


def test_the_version_of_locks_is_that_of_the_service() -> None:
    assert planned.LOCK_VERSION == lock.LOCK_VERSION

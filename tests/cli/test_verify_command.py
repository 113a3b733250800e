from pathlib import Path

from tests.cli.invoking import SPEC, invoked, read, written


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

"""A real model on the running service: on 1, 4 and 2 processes, killed and resumed."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np

from tests.examples.trainer import (
    EPOCHS,
    EXAMPLES,
    PATIENCE_SECONDS,
    STEPS_PER_EPOCH,
    State,
    Trainer,
    environment,
    wait_until,
)

DATASET_SIZE = 1_797


def rank_processes(output: str) -> list[int]:
    listed = re.search(r"^rank processes: (.*)$", output, re.MULTILINE)
    assert listed, output
    return [int(number) for number in listed[1].split()]


def test_four_ranks_have_the_loss_curve_of_one(trainer: Trainer, one: State, four: State) -> None:
    step, epoch, loss = trainer.curve("four").T

    assert step.tolist() == list(range(EPOCHS * STEPS_PER_EPOCH)) == list(range(four.step))
    assert epoch.tolist() == np.repeat(range(EPOCHS), STEPS_PER_EPOCH).tolist()
    np.testing.assert_allclose(loss, one.losses, rtol=1e-9)


def test_four_ranks_end_with_the_weights_of_one(one: State, four: State) -> None:
    np.testing.assert_allclose(four.weights, one.weights, rtol=1e-9)


def test_four_ranks_are_four_processes(four_said: str) -> None:
    assert len(set(rank_processes(four_said))) == 4


def test_the_model_learns_to_read_digits(four_said: str) -> None:
    accuracy = float(four_said.rsplit(maxsplit=1)[-1])

    assert accuracy > 0.95


def test_a_kill_in_mid_epoch_leaves_a_checkpoint_of_mid_epoch(killed: State) -> None:
    assert 0 < killed.step < EPOCHS * STEPS_PER_EPOCH
    assert killed.step_in_epoch > 0


def test_a_killed_run_ends_on_two_ranks_with_the_weights_of_an_unbroken_one(
    one: State, resumed: State
) -> None:
    np.testing.assert_allclose(resumed.weights, one.weights, rtol=1e-9)


def test_a_killed_run_ends_on_two_ranks_with_the_loss_curve_of_an_unbroken_one(
    trainer: Trainer, one: State, resumed: State
) -> None:
    curve = trainer.curve("killed")

    assert len(curve) == resumed.step
    np.testing.assert_allclose(curve[:, 2], one.losses, rtol=1e-9)


def test_consumed_samples_name_the_same_place_in_the_plan_of_two_ranks(
    trainer: Trainer, killed: State, resumed: State
) -> None:
    place = trainer.cursor(killed)

    assert killed.plan_id != resumed.plan_id
    assert place["step"] == killed.step
    assert place == trainer.cursor(replace(killed, plan_id=resumed.plan_id))


def test_every_sample_is_taken_where_one_rank_gets_none_of_the_short_step(
    trainer: Trainer,
) -> None:
    options = ("--epochs", 2, "--global-batch-size", DATASET_SIZE - 1)

    done = trainer.train("uneven", "--ranks", 2, *options)

    assert (done.returncode, done.stderr) == (0, "")
    assert trainer.state("uneven").consumed_samples == 2 * DATASET_SIZE


def test_no_rank_outlives_the_command(trainer: Trainer) -> None:
    with trainer.begin("orphans", "--ranks", 2, "--epochs", 100_000) as running:
        wait_until(lambda: trainer.step("orphans") > 0)

        running.kill()

        # the ranks hold the same standard output, which is at its end when all of them are gone
        output, errors = running.communicate(timeout=10)

    assert len(rank_processes(output)) == 2
    assert errors == ""


def test_the_command_does_not_outlive_a_rank(trainer: Trainer) -> None:
    with trainer.begin("lost", "--ranks", 2, "--epochs", 100_000) as running:
        assert running.stdout
        listed = next(line for line in running.stdout if line.startswith("rank processes:"))
        lost = rank_processes(listed)[1]

        os.kill(lost, signal.SIGKILL)

        _, errors = running.communicate(timeout=PATIENCE_SECONDS)

    assert running.returncode == 4
    assert errors == f"digits: rank 1 (process {lost}) is not there any more\n"


def test_without_a_service_the_command_says_so(trainer: Trainer) -> None:
    nowhere = Trainer("http://127.0.0.1:1", trainer.folder)

    done = nowhere.train("nowhere")

    assert done.returncode == 3
    assert done.stderr.startswith("digits: the service at http://127.0.0.1:1 does not answer: ")
    assert done.stderr.count("\n") == 1


def test_what_the_service_refuses_is_told_in_its_own_words(trainer: Trainer) -> None:
    done = trainer.train("refused", "--ranks", 3)

    assert done.returncode == 2
    assert "global_batch_size 64 is no multiple of 3" in done.stderr
    assert not (trainer.folder / "refused").exists()


def test_a_run_is_not_overwritten_by_another(trainer: Trainer, one: State) -> None:
    done = trainer.train("one", "--seed", 1)

    assert done.returncode == 1
    assert "--resume" in done.stderr
    assert trainer.state("one").plan_id == one.plan_id


def test_a_run_does_not_go_on_in_another_order(trainer: Trainer, one: State) -> None:
    done = trainer.train("one", "--epochs", EPOCHS + 1, "--seed", 1, "--resume")

    assert done.returncode == 2
    assert "begun with other ['sampling']" in done.stderr
    assert trainer.state("one").step == one.step


def test_a_damaged_checkpoint_is_called_one(trainer: Trainer, one: State) -> None:
    whole = (trainer.folder / "one" / "checkpoint.npz").read_bytes()
    damaged = trainer.folder / "damaged" / "checkpoint.npz"
    damaged.parent.mkdir()
    damaged.write_bytes(whole[: one.weights.nbytes])

    done = trainer.train("damaged", "--resume")

    assert done.returncode == 1
    assert done.stderr == f"digits: {damaged} is no checkpoint, or a damaged one\n"


def test_the_examples_of_the_example_hold() -> None:
    files = sorted(str(file) for file in EXAMPLES.glob("data_parallel/*.py"))

    done = subprocess.run(
        [sys.executable, "-m", "doctest", *files],
        env=environment() | {"PYTHONPATH": str(EXAMPLES)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

"""The rules that keep a lock up to date, and training on a schedule that was checked."""

from pathlib import Path

import pytest

from tests.examples.changed_repository import (
    DOUBLED,
    SPEC,
    ChangedRepository,
    changed_repository,
)
from tests.examples.trainer import EXAMPLES

MAKE = f"make --no-print-directory --file {EXAMPLES / 'make/Makefile'}"
TRAIN = f"{MAKE} TRAIN='echo training' train"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, url: str) -> ChangedRepository:
    """The ranks are twice as many, and the lock is the old one."""
    return changed_repository(tmp_path_factory.mktemp("make"), url, before=SPEC, after=DOUBLED)


def test_nothing_is_trained_on_a_schedule_that_drifted(changed: ChangedRepository) -> None:
    done = changed.run(TRAIN)

    assert done.returncode == 2
    assert "global_batch_size doubles" in done.stdout
    assert not done.stdout.endswith("training\n")


def test_what_changes_can_be_seen_without_failing(changed: ChangedRepository) -> None:
    done = changed.run(f"{MAKE} schedule.diff")

    assert done.returncode == 0, done.stderr
    assert "total_steps halves: 192 -> 96" in done.stdout


def test_with_the_lock_made_anew_training_begins(tmp_path: Path, url: str) -> None:
    repository = changed_repository(tmp_path, url, before=SPEC, after=DOUBLED)

    done = repository.run(f"{MAKE} schedule.lock && {TRAIN}")

    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("echo training\ntraining\n")


def test_a_lock_that_is_up_to_date_is_left_alone(tmp_path: Path, url: str) -> None:
    repository = changed_repository(tmp_path, url, before=SPEC, after=DOUBLED)

    done = repository.run(f"{MAKE} schedule.lock && {MAKE} schedule.lock")

    assert done.stdout.count("epochplan lock") == 1

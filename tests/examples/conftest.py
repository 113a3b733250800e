"""Runs that several tests look at, each made once."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.examples.trainer import (
    EPOCHS,
    PATIENCE_SECONDS,
    State,
    Trainer,
    running_service,
    wait_until,
)


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service."""
    with running_service(tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture(scope="session")
def trainer(url: str, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    return Trainer(url, tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="session")
def one(trainer: Trainer) -> State:
    """The end of a run on 1 rank that nothing interrupted."""
    done = trainer.train("one", "--ranks", 1, "--epochs", EPOCHS)
    assert (done.returncode, done.stderr) == (0, "")
    return trainer.state("one")


@pytest.fixture(scope="session")
def four_said(trainer: Trainer) -> str:
    """What a run on 4 ranks printed."""
    done = trainer.train("four", "--ranks", 4, "--epochs", EPOCHS)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="session")
def four(trainer: Trainer, four_said: str) -> State:
    """The end of a run on 4 ranks."""
    assert four_said
    return trainer.state("four")


@pytest.fixture(scope="session")
def killed(trainer: Trainer) -> State:
    """What is left of a run on 4 ranks that was killed, all processes of it, in mid-epoch."""
    with trainer.begin("killed", "--ranks", 4, "--epochs", EPOCHS) as running:
        wait_until(lambda: trainer.step("killed") >= 100)
        wait_until(lambda: _is_held_in_mid_epoch(trainer, running.pid))
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=PATIENCE_SECONDS)
    return trainer.state("killed")


@pytest.fixture(scope="session")
def resumed(trainer: Trainer, killed: State) -> State:
    """The end of the killed run, on 2 ranks."""
    done = trainer.train("killed", "--ranks", 2, "--epochs", EPOCHS, "--resume")
    assert (done.returncode, done.stderr) == (0, ""), killed
    return trainer.state("killed")


def _is_held_in_mid_epoch(trainer: Trainer, group: int) -> bool:
    # held first, looked at then, and only then killed: so it is certain where the run stood
    os.killpg(group, signal.SIGSTOP)
    if trainer.state("killed").step_in_epoch:
        return True
    os.killpg(group, signal.SIGCONT)
    return False

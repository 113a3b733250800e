"""Runs the example as a person does: a command, on a service that runs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
EPOCHS = 20
STEPS_PER_EPOCH = 29
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class State:
    plan_id: str
    consumed_samples: int
    weights: NDArray[np.float64]
    losses: NDArray[np.float64]

    @property
    def step(self) -> int:
        return len(self.losses)

    @property
    def step_in_epoch(self) -> int:
        return self.step % STEPS_PER_EPOCH


@dataclass(frozen=True)
class Trainer:
    """Begins runs of the example; each has a folder of its own."""

    url: str
    folder: Path

    def train(self, run: str, *options: object) -> subprocess.CompletedProcess[str]:
        with self.begin(run, *options) as running:
            output, errors = running.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(running.args, running.returncode, output, errors)

    def begin(self, run: str, *options: object) -> subprocess.Popen[str]:
        """The command, at the head of a process group of its own."""
        told = {
            "--url": self.url,
            "--checkpoint": self.folder / run,
            "--losses": self.curve_file(run),
        }
        given = [str(word) for option in told.items() for word in option]
        return subprocess.Popen(
            [sys.executable, str(EXAMPLES / "digits.py"), *given, *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            start_new_session=True,
        )

    def curve_file(self, run: str) -> Path:
        return self.folder / f"{run}.csv"

    def curve(self, run: str) -> NDArray[np.float64]:
        """Rows of step, epoch, loss."""
        return np.loadtxt(self.curve_file(run), delimiter=",", skiprows=1)

    def state(self, run: str) -> State:
        with np.load(self.folder / run / "checkpoint.npz") as arrays:
            return State(
                plan_id=str(arrays["plan_id"]),
                consumed_samples=int(arrays["consumed_samples"]),
                weights=arrays["weights"],
                losses=arrays["losses"],
            )

    def step(self, run: str) -> int:
        """Steps that the checkpoint holds; 0 while there is none."""
        try:
            return self.state(run).step
        except FileNotFoundError:
            return 0

    def cursor(self, state: State) -> Any:
        query = {"consumed_samples": state.consumed_samples}
        address = f"{self.url}/v1/plans/{state.plan_id}/cursor"
        return httpx.get(address, params=query, trust_env=False).json()


@contextmanager
def running_service(folder: Path) -> Iterator[str]:
    """The address of a service that is ready, on a port that was free."""
    log = folder / "service.log"
    settings = {
        "EPOCHPLAN_PORT": "0",
        "EPOCHPLAN_DRAIN_SECONDS": "0",
        "EPOCHPLAN_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "app"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment() | settings, stderr=errors) as service,
    ):
        try:
            wait_until(lambda: "(documentation" in log.read_text(encoding="utf-8"))
            url = log.read_text(encoding="utf-8").partition("listens on ")[2].split()[0]
            with httpx.Client(base_url=url, trust_env=False) as client:
                wait_until(lambda: client.get("/readyz").is_success)
            yield url
        finally:
            service.terminate()


def environment() -> dict[str, str]:
    """The environment without settings of the service, and without coverage, which is slow."""
    foreign = ("EPOCHPLAN_", "COV_", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.005)

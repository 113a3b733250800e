"""One rank: a process that takes its own share of every step, and the same step as all others."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread

from data_parallel.checkpoint import Checkpoint
from data_parallel.dataset import load_digits
from data_parallel.errors import TrainingError
from data_parallel.model import gradient_sum
from data_parallel.planning import Cursor, Indices, Plan, Planner


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every rank is told when it starts: no data, and no indices.

    Attributes:
        url: Where the service listens.
        plan: What to train.
        start: Where in the plan.
        state: The state there.
        folder: Where checkpoints go.
        checkpoint_every: A checkpoint is due after so many steps, and after the last one.
    """

    url: str
    plan: Plan
    start: Cursor
    state: Checkpoint
    folder: Path
    checkpoint_every: int

    def is_checkpoint_due(self, step: int) -> bool:
        """Whether there is to be a checkpoint after so many completed steps."""
        return step % self.checkpoint_every == 0 or step == self.plan.total_steps


def run_rank(job: Job, rank: int, link: Connection) -> None:
    """Train, as a process of its own.

    Sends a GradientSum for every step, and receives that of all ranks; at the end it sends None,
    or the TrainingError that ended it early.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends the ranks
    Thread(target=_end_with_the_parent, daemon=True).start()
    with suppress(EOFError, ConnectionError):  # the parent is gone: nobody is left to be told
        link.send(_outcome(job, rank, link))


def _end_with_the_parent() -> None:
    # the kernel closes the sentinel however the parent ends, SIGKILL included
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _outcome(job: Job, rank: int, link: Connection) -> TrainingError | None:
    try:
        _train(job, rank, link)
    except TrainingError as error:
        return error
    except OSError as error:
        return TrainingError(f"rank {rank} cannot go on: {error}")
    return None


def _train(job: Job, rank: int, link: Connection) -> None:
    digits = load_digits()
    state = job.state
    for share in _shares(job, rank):
        own = gradient_sum(state.weights, digits.features[share], digits.labels[share])
        link.send(own)
        state = state.after(link.recv())
        if rank == 0 and job.is_checkpoint_due(state.step):
            state.write(job.folder)


def _shares(job: Job, rank: int) -> Iterator[Indices]:
    # from the middle of the first epoch on, where the run goes on in the middle of an epoch
    epoch, start_step = job.start.epoch, job.start.step_in_epoch
    steps_left = job.plan.total_steps - job.start.step
    with Planner(job.url) as planner:
        while steps_left:
            shares = planner.shares(job.plan, rank, epoch=epoch, start_step=start_step)
            yield from shares
            epoch, start_step, steps_left = epoch + 1, 0, steps_left - len(shares)

"""All ranks together: processes that are started, summed over, and never left behind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from operator import add

from data_parallel.errors import RankLostError, TrainingError
from data_parallel.model import GradientSum
from data_parallel.rank import Job, run_rank

_PATIENCE_SECONDS = 120
_SILENT = f"has said nothing for {_PATIENCE_SECONDS} seconds"
_GONE = "is not there any more"


@dataclass(frozen=True, slots=True)
class Rank:
    """The parent's end of one rank process."""

    process: SpawnProcess
    link: Connection

    def receive(self) -> GradientSum | None:
        """What the rank says next: its part of a step, or None when it is done.

        Raises:
            RankLostError: It does not say anything any more.
            TrainingError: It says why it cannot go on.
        """
        if not self.link.poll(_PATIENCE_SECONDS):
            raise self._lost(_SILENT)
        try:
            message = self.link.recv()
        except (EOFError, ConnectionError) as error:
            raise self._lost(_GONE) from error
        if isinstance(message, TrainingError):
            raise message
        return message if isinstance(message, GradientSum) else None

    def send(self, total: GradientSum) -> None:
        """Tell the rank the sum over all ranks.

        Raises:
            RankLostError: It is not there any more.
        """
        try:
            self.link.send(total)
        except ConnectionError as error:
            raise self._lost(_GONE) from error

    def _lost(self, what: str) -> RankLostError:
        return RankLostError(f"{self.process.name} (process {self.process.pid}) {what}")


@contextmanager
def started(job: Job) -> Iterator[Sequence[Rank]]:
    """The rank processes of a job, for the time of a block; none outlives it."""
    ranks: list[Rank] = []
    try:
        for rank in range(job.plan.data_parallel_size):
            ranks += [_start(job, rank)]
        yield ranks
    finally:
        for each in ranks:
            each.process.kill()  # one that is done is gone anyway, and every file is whole
        for each in ranks:
            each.process.join()
            each.link.close()


def summed(ranks: Sequence[Rank], samples: int) -> GradientSum:
    """Add up one step over all ranks, and tell all of them the sum.

    Floating-point sums depend on their order, so the order is that of the ranks, not of arrival.

    Raises:
        TrainingError: A rank is lost, or together they did not take as many samples as planned.
    """
    parts = [part for each in ranks if (part := each.receive())]
    total = reduce(add, parts)
    if total.samples != samples:
        message = f"the ranks took {total.samples} samples of a step that has {samples}"
        raise TrainingError(message)
    for each in ranks:
        each.send(total)
    return total


def finish(ranks: Sequence[Rank]) -> None:
    """Wait until every rank is done, rank 0 with the last checkpoint.

    Raises:
        TrainingError: One could not finish.
    """
    for each in ranks:
        each.receive()


def _start(job: Job, rank: int) -> Rank:
    # spawned, not forked: a fresh interpreter holds no end of another rank's pipe
    fresh = get_context("spawn")
    ours, theirs = fresh.Pipe()
    with theirs:
        process = fresh.Process(
            target=run_rank, args=(job, rank, theirs), name=f"rank {rank}", daemon=True
        )
        process.start()
    return Rank(process, ours)

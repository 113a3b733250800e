"""Times a DataLoader of torch, fed by our sampler or by torch's own; runs under torch's Python."""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, DistributedSampler

from tests.bench.peers.answering import answer_questions, timed

Indices = Iterable[list[int]]


class Positions(Dataset):  # type: ignore[misc] # torch is not installed where types are checked
    """A dataset whose samples are their own indices: what is timed is the way to it."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitems__(self, indices: list[int]) -> list[int]:
        return indices


def as_it_is(indices: Sequence[int]) -> Sequence[int]:
    """A collate function that makes nothing of the indices."""
    return indices


@cache
def client(paths: tuple[str, ...]) -> Any:
    """Our package, with httpx from the environment of the service; NumPy stays that of torch."""
    sys.path.extend(paths)
    return import_module("epochplan_client")


def planned(
    url: str, plan_id: str, paths: list[str], workers: int = 0, *, offline: bool = False
) -> dict[str, Any]:
    """An epoch of a PlannedBatchSampler of rank 0, from its construction to the last index."""
    package = client(tuple(paths))

    def work(planner: Any) -> int:
        sampler = package.PlannedBatchSampler(planner, plan_id, rank=0)
        taken = loaded(sampler.plan.spec["dataset_size"], sampler, workers)
        sampler.close()
        return taken

    with package.Planner(url) as planner:
        return counted(lambda: work(package.Planner.offline() if offline else planner))


def distributed(size: int, ranks: int, micro_batch_size: int, workers: int = 0) -> dict[str, Any]:
    """An epoch of DistributedSampler and BatchSampler of rank 0."""

    def work() -> int:
        sampler = DistributedSampler(range(size), num_replicas=ranks, rank=0)
        return loaded(size, BatchSampler(sampler, micro_batch_size, drop_last=False), workers)

    return counted(work)


def loaded(size: int, batches: Indices, workers: int) -> int:
    """How many indices come out of a loader."""
    loader = DataLoader(
        Positions(size), batch_sampler=batches, num_workers=workers, collate_fn=as_it_is
    )
    return sum(map(len, loader))


def counted(work: Callable[[], int]) -> dict[str, Any]:
    """The time of some work, and how many indices it was."""
    taken: list[int] = []
    found = timed(lambda: taken.append(work()))
    return found | {"indices": taken[-1]}


if __name__ == "__main__":
    torch.set_num_threads(1)
    answer_questions(
        "torch",
        torch.__version__.split("+")[0],
        {"planned": planned, "distributed": distributed},
    )

"""Answers cases with the real mosaicml-streaming; runs in an environment that has it.

A case describes a run that starts fresh or from a loaded state. One process plays every rank and
every worker in turn: the package asks its `World` who it is, and is told. What a rank's loader
yields comes from the package's own `generate_work` and `_each_sample_id` and from torch's
DataLoader; some small cases are read a second time from MDS files through StreamingDataLoader with
worker processes, and both readings must agree. The lists are those of `generate_work` with their
-1, as far as loaders yield anything of them; without -1 they must agree with what loaders yield.
With as_loaded they are what loaders yield, and -1 fills up where ranks differ.
"""

import importlib
import itertools
import json
import os
import platform
import shutil
import sys
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from unittest import mock

from torch.utils.data import DataLoader, IterableDataset

sys.path.append(str(Path(__file__).parent))
_LISTS: Any = importlib.import_module("mosaic_streaming_lists")
_FILES: Any = importlib.import_module("mosaic_streaming_files")

import streaming  # noqa: E402 - it does not load before the line above
from streaming import StreamingDataLoader, StreamingDataset  # noqa: E402 - as above
from streaming.base import dataset as dataset_module  # noqa: E402 - as above
from streaming.base.batching import generate_work  # noqa: E402 - as above
from streaming.base.shared import prefix  # noqa: E402 - as above
from streaming.base.world import World  # noqa: E402 - as above

_REFUSALS = (KeyError, RuntimeError, TypeError, ValueError, ZeroDivisionError)
_READ_TWICE = 40
"""Most samples of a case that may be read a second time, through MDS files."""
_YIELDED_ONE_BY_ONE = 20_000
"""Most samples of a worker that pass through the package's generator one after the other."""
_DATASET_OPTIONS = (
    "epoch_size",
    "num_canonical_nodes",
    "partition_algo",
    "sampling_granularity",
    "sampling_method",
    "shuffle_algo",
    "shuffle_block_size",
)
Lists = list[list[int]]


class _Ids(IterableDataset[int]):  # type: ignore[misc] # torch is not there to be checked
    """What the dataset yields in one worker."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids)


class _Run:
    """One case: the dataset that the package makes of it, and the layout of its ranks."""

    def __init__(self, spec: dict[str, Any], folder: Path) -> None:
        self.spec, self.folder, self.options = spec, folder, spec["framework"]
        self.ranks = spec.get("data_parallel_size", 1)
        self.nodes, self.ranks_per_node = _LISTS.layout(self.options, self.ranks)
        self.loading = {
            "batch_size": spec["micro_batch_size"],
            "drop_last": self.options.get("drop_last", False),
        }
        self.workers = self.options.get("num_workers", 0)
        self.first_epoch = self.options.get("epoch", 0)
        self.dataset = self._made(self.nodes)
        self.works: dict[int, Any] = {}
        self.read_epochs: dict[int, list[Lists]] = {}

    def _made(self, nodes: int) -> StreamingDataset:
        given = {name: self.options[name] for name in _DATASET_OPTIONS if name in self.options}
        sampling = self.spec.get("sampling", {})
        ranks = str(nodes * self.ranks_per_node)
        world = {"WORLD_SIZE": ranks, "LOCAL_WORLD_SIZE": str(self.ranks_per_node)}
        alone = mock.patch.object(dataset_module, "maybe_init_dist", return_value=False)
        with mock.patch.dict(os.environ, world), alone:
            return StreamingDataset(
                local=str(self.folder),
                batch_size=self.loading["batch_size"],
                shuffle=sampling.get("method", "shuffle") == "shuffle",
                shuffle_seed=sampling.get("seed", 9176),
                **given,
            )

    def load_state(self) -> None:
        """Load what the state of the first run says, a number of samples later."""
        first = self._made(self.options.get("initial_physical_nodes") or self.nodes)
        first.next_epoch = self.first_epoch + 1
        state = first.state_dict(self.options.get("sample_in_epoch", 0), from_beginning=True)
        _FILES.release(first)
        self.dataset.load_state_dict(json.loads(json.dumps(state)))

    def work(self, epoch: int) -> Any:
        """Samples of every node, rank, worker, batch and slot, as the package arranges them."""
        world = World(self.nodes, self.ranks_per_node, max(1, self.workers), 0)
        return generate_work("random", self.dataset, world, *self.dataset._resume(world, epoch))

    def micro_batches(self, number: int) -> list[Lists]:
        """What the loader of every rank yields in an epoch of the run."""
        if number not in self.read_epochs:
            self.works[number] = self.work(self.first_epoch + number)
            self.read_epochs[number] = self._yielded(self.works[number])
        return self.read_epochs[number]

    def lists(self, number: int) -> list[Lists]:
        """Micro-batches of every rank in an epoch of the run; -1 for want of a sample."""
        yielded = self.micro_batches(number)
        if self.options.get("as_loaded"):
            return cast("list[Lists]", _LISTS.level(yielded))
        turns = _LISTS.turns(self.works[number])
        if self.loading["drop_last"]:
            turns = _LISTS.without_short_batches(turns)
        if _LISTS.without_blanks(turns) != yielded:
            raise AssertionError((self.spec, number))
        return cast("list[Lists]", _LISTS.of_turns(turns))

    def _yielded(self, work: Any) -> list[Lists]:
        """What loaders make of an arrangement; the workers of a rank take turns."""
        ranks = work.reshape(self.ranks, *work.shape[2:])
        turns = (itertools.zip_longest(*map(self._of_worker, rank)) for rank in ranks)
        return [[batch for turn in rank for batch in turn if batch] for rank in turns]

    def steps(self, ranks: list[Lists]) -> int:
        """Updates of an epoch; its end is one as well."""
        together = self.spec.get("gradient_accumulation_steps", 1)
        return len(range(0, max(map(len, ranks)), together))

    def _of_worker(self, worker: Any) -> Lists:
        state = dataset_module._Iterator(worker.flatten())
        state.ready_index = state.total
        ids = (
            list(self.dataset._each_sample_id(state))
            if state.total <= _YIELDED_ONE_BY_ONE  # more of them would take minutes
            else state.sample_ids[state.sample_ids != -1].tolist()
        )
        state.sample_ids = None  # the iterator itself is kept to the end of the process
        return [batch.tolist() for batch in DataLoader(_Ids(ids), **self.loading)] if ids else []

    def read(self, rank: int, epoch: int) -> Lists:
        """Micro-batches of a rank, read from MDS files by the package's loader and its workers."""
        self.dataset._unique_rank_world = World(1, 1, 1, 0)
        self.dataset._parallel_rank_world = World(self.nodes, self.ranks_per_node, 1, rank)
        self.dataset.next_epoch = epoch
        loader = StreamingDataLoader(self.dataset, num_workers=self.workers, **self.loading)
        return [batch["index"].tolist() for batch in loader]

    def numbers(self) -> dict[str, int]:
        """Lengths that the package reports, and those of an epoch that it arranges unshuffled."""
        shuffled, self.dataset.shuffle = self.dataset.shuffle, False
        full = self.work(self.first_epoch + 1)
        self.dataset.shuffle = shuffled
        resumed = self.options.get("sample_in_epoch", 0) > 0
        whole = 1 if resumed else next(iter(self.read_epochs), 1)
        yielded = self.micro_batches(whole)
        first = self.micro_batches(0) if resumed else yielded
        steps = [self.steps(first), self.steps(yielded)]
        epochs = int(self.spec.get("epochs", 1))
        return {
            "epoch_size": self.dataset.epoch_size,
            "dataset_length": len(self.dataset),
            "dataloader_length": len(DataLoader(self.dataset, **self.loading)),
            "batches_per_worker": full.shape[3],
            "repeated_samples_per_epoch": int((full != -1).sum()) - self.dataset.epoch_size,
            "empty_entries_per_epoch": int((full == -1).sum()),
            "yielded_samples_per_epoch": sum(len(batch) for rank in yielded for batch in rank),
            "blank_places_per_epoch": _LISTS.blanks(self.lists(whole)),
            "micro_steps_per_epoch": max(map(len, yielded)),
            "num_canonical_nodes": self.dataset.num_canonical_nodes,
            "total_steps": self.spec.get("steps", steps[0] + (epochs - 1) * steps[1]),
        }


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    sizes = _FILES.shard_sizes(case["spec"])
    twice = sum(sizes) <= _READ_TWICE and zlib.crc32(json.dumps(case).encode()) % 16 == 0
    folder = Path(tempfile.mkdtemp())
    (_FILES.write_shards if twice else _FILES.write_index)(folder, sizes)
    runs: list[_Run] = []
    try:
        runs.append(_Run(case["spec"], folder))
        return _answered(case, runs[0], twice=twice and runs[0].ranks <= 3)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}
    finally:
        for run in runs:
            _FILES.release(run.dataset)
        shutil.rmtree(folder)


def _answered(case: dict[str, Any], run: _Run, *, twice: bool) -> dict[str, Any]:
    if {"epoch", "sample_in_epoch", "initial_physical_nodes"} & run.options.keys():
        run.load_state()
    epochs = {}
    for number in case["epochs"]:
        ranks = run.micro_batches(number)
        for rank in range(run.ranks if twice and number < 2 else 0):
            if run.read(rank, run.first_epoch + number) != ranks[rank]:
                raise AssertionError((case, number, rank))
        ranks = run.lists(number)
        epochs[str(number)] = (
            [_LISTS.digest(rank) for rank in ranks] if case.get("digest") else ranks
        )
    numbers = run.numbers()
    if not numbers["micro_steps_per_epoch"] or not numbers["total_steps"]:
        return {"refused": "no update at all"}
    return {"numbers": numbers, "epochs": epochs}


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer one case per line."""
    warnings.simplefilter("ignore")
    # names of shared memory that no other process of the machine asks for
    prefix._each_prefix_int = lambda: itertools.count(os.getpid() * 1_000)
    about = {"package": "mosaicml-streaming", "version": streaming.__version__}
    _say(about | {"python": platform.python_version()})
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        for line in sys.stdin:
            _say(answer(json.loads(line)))


if __name__ == "__main__":
    main()

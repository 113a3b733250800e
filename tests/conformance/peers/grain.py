"""Answers cases with the real Grain; runs in an environment that has it.

One process plays every rank in turn. The dataset holds its own indices, so what a rank loads is
what its lists are.
"""

import hashlib
import json
import logging
import platform
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any

import grain
import numpy as np
from grain._src.core import sharding
from grain._src.python.dataset import dataset

_REFUSALS = (ValueError, TypeError, OverflowError, ZeroDivisionError)
_READ = grain.ReadOptions(num_threads=0, prefetch_buffer_size=0)


class _Indices:
    """A data source whose records are their own indices."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int) -> int:
        return index


class _Spec:
    """What a case asks for, in Grain's words."""

    def __init__(self, spec: dict[str, Any]) -> None:
        options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
        self.api = options.pop("api", "DataLoader")
        self._options = options
        sampling = spec.get("sampling", {})
        self.method = sampling.get("method", "shuffle")
        self.seed = sampling.get("seed", 0)
        self.num_records: int = spec["dataset_size"]
        self.batch_size: int = spec["micro_batch_size"]
        self.shard_count: int = spec.get("data_parallel_size", 1)
        self.accumulation: int = spec.get("gradient_accumulation_steps", 1)
        self.global_batch = self.batch_size * self.shard_count * self.accumulation
        self.virtual: int = spec.get("steps_per_epoch", 0)
        self.num_epochs: int | None = None if self.virtual else spec.get("epochs")
        self.steps = None if self.num_epochs else self._steps(spec)

    def _steps(self, spec: dict[str, Any]) -> int:
        """Steps that are taken of an endless stream."""
        if "epochs" in spec:
            return int(spec["epochs"] * self.virtual)
        return int(spec.get("steps") or -(-spec["samples"] // self.global_batch))

    def chosen(self, *names: str) -> dict[str, Any]:
        """The options that an api has, none of which needs to be given."""
        if self._options.keys() - set(names):
            raise TypeError(f"{self.api} has none of {sorted(self._options.keys() - set(names))}")
        return self._options


class _Loader:
    """What one rank runs: an IndexSampler and a DataLoader."""

    def __init__(self, spec: _Spec, rank: int) -> None:
        if spec.method not in {"sequential", "shuffle"}:
            raise ValueError(f"IndexSampler has no {spec.method}")
        options = spec.chosen("drop_remainder", "shard_drop_remainder", "worker_count")
        dropped = options.get("shard_drop_remainder", False)
        self.workers: int = options.get("worker_count", 0)
        self._shard = grain.sharding.ShardOptions(rank, spec.shard_count, dropped)
        sampler = grain.samplers.IndexSampler(
            num_records=spec.num_records,
            shard_options=self._shard,
            shuffle=spec.method == "shuffle",
            num_epochs=spec.num_epochs,
            seed=spec.seed,
        )
        drop_remainder = options.get("drop_remainder", False)
        self._loader = grain.DataLoader(
            data_source=_Indices(spec.num_records),
            sampler=sampler,
            operations=[grain.transforms.Batch(spec.batch_size, drop_remainder, batch_fn=list)],
            worker_count=self.workers,
            read_options=_READ,
        )
        self._batch_size = spec.batch_size
        self.numbers = {"sampler_length": len(sampler)}
        self.length = len(sampler) // spec.shard_count
        start, end = sharding.even_split(spec.num_records, self._shard)
        self.epoch_length = (end - start) * spec.shard_count if dropped else spec.num_records

    def batches(self, first: int) -> Iterator[list[int]]:
        """Micro-batches from the first one on; without workers restored as from a checkpoint."""
        iterator = iter(self._loader)
        if self.workers:
            return islice(iterator, first, None)
        state = json.loads(iterator.get_state().decode())
        last_seen = (first * self._batch_size - 1) * self._shard.shard_count
        state["last_seen_indices"] = {"0": last_seen + self._shard.shard_index}
        iterator.set_state(json.dumps(state).encode())
        return islice(iterator, None)


class _Pipeline:
    """What one rank runs: a MapDataset, in batches of its own or of an ElasticIterator."""

    def __init__(self, spec: _Spec, rank: int) -> None:
        if spec.method not in {"sequential", "shuffle", "shuffle_once"}:
            raise ValueError(f"MapDataset has no {spec.method}")
        self._elastic, self._size = spec.api == "ElasticIterator", spec.batch_size
        dropping = () if self._elastic else ("drop_remainder",)
        options = spec.chosen("pipeline_seed", *dropping)
        ds = grain.MapDataset.range(spec.num_records)
        if spec.method != "sequential":
            seeded = options.get("pipeline_seed", False)
            ds = ds.seed(spec.seed).shuffle() if seeded else ds.shuffle(seed=spec.seed)
        self._ds = ds.repeat(spec.num_epochs, reseed_each_epoch=spec.method != "shuffle_once")
        self._shard = grain.sharding.ShardOptions(rank, spec.shard_count)
        mine = self._ds[rank :: spec.shard_count]
        drop_remainder = options.get("drop_remainder", False)
        self._batched = mine.batch(self._size, drop_remainder=drop_remainder, batch_fn=list)
        self.numbers = {"dataset_length": len(self._ds)}
        self.length, self.epoch_length = len(mine), spec.num_records

    def batches(self, first: int) -> Iterator[list[int]]:
        """Micro-batches from the first one on, restored as from a checkpoint."""
        if self._elastic:
            global_batch_size = self._size * self._shard.shard_count
            elastic = grain.experimental.ElasticIterator(
                self._ds, global_batch_size, self._shard, read_options=_READ
            )
            elastic.set_state({"global_next_index": first * global_batch_size})
            return (batch.tolist() for batch in elastic)
        iterator = iter(self._batched.to_iter_dataset(_READ))
        iterator.set_state({"next_index": first})
        return islice(iterator, None)


_RANKS = {"DataLoader": _Loader, "MapDataset": _Pipeline, "ElasticIterator": _Pipeline}


def _count(spec: _Spec, rank: Any) -> int:
    """Micro-batches of the run on one rank; those long before its end need not be loaded."""
    if spec.steps is not None:
        return spec.steps * spec.accumulation
    surely: int = max(0, rank.length // spec.batch_size - 50)
    return surely + sum(1 for _ in rank.batches(surely))


def _step_starts(spec: _Spec, rank: Any, total_steps: int) -> Sequence[int]:
    """Samples that all ranks have loaded before each step."""
    full = range(0, total_steps * spec.global_batch, spec.global_batch)
    if spec.steps is not None or not isinstance(rank, _Loader) or not rank.workers:
        return full
    # several workers may each end with a micro-batch that is not full
    loaded = accumulate(map(len, rank.batches(0)), initial=0)
    return [mine * spec.shard_count for mine in islice(loaded, 0, None, spec.accumulation)]


class _Epochs:
    """Which micro-steps belong to an epoch: those of the steps that begin in it."""

    def __init__(self, spec: _Spec, rank: Any, total_steps: int) -> None:
        self._accumulation = spec.accumulation
        self._starts = _step_starts(spec, rank, total_steps)[:total_steps]
        self._length = spec.virtual * spec.global_batch or rank.epoch_length
        self.last = self._starts[-1] // self._length

    def span(self, epoch: int) -> tuple[int, int]:
        """The first micro-step, and the first one that does not belong to it."""
        first, stop = (
            bisect_left(self._starts, each * self._length) for each in (epoch, epoch + 1)
        )
        return first * self._accumulation, stop * self._accumulation


def _listing(part: Iterator[list[int]], *, digest: bool) -> Any:
    micro_batches = [[*map(int, micro_batch)] for micro_batch in part]
    if not digest:
        return micro_batches
    flat = np.array([index for batch in micro_batches for index in batch], "<i8")
    digested = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": digested, "count": flat.size, "micro_batches": len(micro_batches)}


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    spec = _Spec(case["spec"])
    if spec.api not in _RANKS:
        raise ValueError(f"there is no {spec.api}")
    ranks: list[Any] = [_RANKS[spec.api](spec, rank) for rank in range(spec.shard_count)]
    counts = [_count(spec, rank) for rank in ranks]
    total_steps = -(-max(counts) // spec.accumulation)
    if not total_steps:
        raise ValueError("nothing is loaded: no step is taken")
    epochs = _Epochs(spec, ranks[0], total_steps)
    lists: dict[str, Any] = {}
    for epoch in (epoch for epoch in case["epochs"] if epoch <= epochs.last):
        first, stop = epochs.span(epoch)
        lists[str(epoch)] = [
            _listing(
                islice(rank.batches(first), max(0, min(stop, count) - first)),
                digest=case.get("digest", False),
            )
            for rank, count in zip(ranks, counts, strict=True)
        ]
    most = min(epochs.span(0)[1], max(counts))
    numbers = {"total_steps": total_steps, "micro_steps_per_epoch": most}
    return {"numbers": numbers | ranks[0].numbers, "epochs": lists}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package says to a case."""
    try:
        return _answer(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def main() -> None:
    """Answer the cases of standard input, one a line."""
    logging.disable(logging.WARNING)
    # workers are threads, which read the same slices as processes do, without their seconds
    dataset.is_in_free_threaded_python = lambda: True
    package = {"package": "grain", "version": grain.__version__}
    print(json.dumps(package | {"python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

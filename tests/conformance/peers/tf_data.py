"""Answers cases with the real tf.data; runs in an environment that has it.

One process plays every rank in turn: each rank has a pipeline of its own over the indices of the
dataset, so what a rank iterates over is what its lists are.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any

# tensorflow imports keras, which a file of this folder must not be taken for
sys.path[:] = [folder for folder in sys.path if not folder.endswith("conformance/peers")]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

np = import_module("numpy")
tf = import_module("tensorflow")

_REFUSALS = (ValueError, TypeError, OverflowError, tf.errors.InvalidArgumentError)
_STAGES = ("shard", "shuffle", "repeat", "batch")


class _Spec:
    """What a case asks for, in the words of tf.data."""

    def __init__(self, spec: dict[str, Any]) -> None:
        options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
        self.stages = options.pop("transformations", "shard.shuffle.batch").split(".")
        self.drop_remainder: bool = options.pop("drop_remainder", False)
        self.global_seed: int | None = options.pop("global_seed", None)
        self.size: int = spec["dataset_size"]
        self.batch_size: int = spec["micro_batch_size"]
        self.ranks: int = spec.get("data_parallel_size", 1)
        self.virtual: int | None = spec.get("steps_per_epoch")
        self.epochs: int | None = spec.get("epochs")
        self.steps: int | None = spec.get("steps")
        if "samples" in spec:
            self.steps = -(-spec["samples"] // (self.batch_size * self.ranks))
        if self.virtual and self.epochs:
            self.steps = self.epochs * self.virtual
        self._shuffle = self._shuffle_arguments(spec.get("sampling", {}), options)
        self._refuse(spec, options)

    def _shuffle_arguments(
        self, sampling: dict[str, Any], options: dict[str, Any]
    ) -> dict[str, Any] | None:
        method = sampling.get("method", "shuffle")
        if method not in {"sequential", "shuffle", "shuffle_once"}:
            raise ValueError(f"there is no {method}")
        names = {"buffer_size", "reshuffle_each_iteration"} & options.keys()
        arguments = {name: options.pop(name) for name in names}
        if method == "sequential":
            if arguments or self.global_seed is not None:
                raise TypeError(f"nothing takes {sorted(names)} without shuffle")
            return None
        if method == "shuffle_once":
            arguments["reshuffle_each_iteration"] = False
        return {"buffer_size": None, **arguments, "seed": sampling.get("seed", 0)}

    def _refuse(self, spec: dict[str, Any], options: dict[str, Any]) -> None:
        if options or sorted(set(self.stages)) != sorted(self.stages) or "remainder" in spec:
            raise TypeError(f"there is no {sorted(options)}, {self.stages}")
        if set(self.stages) - set(_STAGES):
            raise AttributeError(f"Dataset has not all of {self.stages}")
        if spec.get("gradient_accumulation_steps", 1) != 1:
            raise ValueError("there is nothing to accumulate")
        if self.virtual and not self.repeats:
            raise ValueError("the dataset ends with its pass")

    @property
    def repeats(self) -> bool:
        return "repeat" in self.stages

    @property
    def count(self) -> int | None:
        """Of repeat: as often as there are epochs, or without end."""
        return self.epochs if self.steps is None else None

    def stage(self, ds: Any, name: str, rank: int) -> Any:
        """A dataset behind one more transformation."""
        if name == "shard":
            return ds.shard(num_shards=self.ranks, index=rank)
        if name == "repeat":
            return ds.repeat(self.count)
        if name == "batch":
            return ds.batch(self.batch_size, drop_remainder=self.drop_remainder)
        if self._shuffle is None:
            return ds
        chosen = dict(self._shuffle)
        buffer_size = chosen.pop("buffer_size")
        return ds.shuffle(ds.cardinality() if buffer_size is None else buffer_size, **chosen)

    def built(self, rank: int, *, until: str | None = None) -> Any:
        """The pipeline of a rank, or its beginning before one of its transformations."""
        tf.random.set_seed(self.global_seed)
        ds = tf.data.Dataset.range(self.size).with_options(_plain())
        for name in self.stages:
            if name == until:
                break
            ds = self.stage(ds, name, rank)
        return ds

    def begins_at(self, micro_step: int) -> int:
        """Element that repeat gave out for rank 0 when a micro-step begins."""
        for name in reversed(self.stages[self.stages.index("repeat") + 1 :]):
            micro_step *= {"batch": self.batch_size, "shard": self.ranks, "shuffle": 1}[name]
        return micro_step


def _plain() -> Any:
    """Options of a dataset that nothing is tuned for, which takes longer than reading it."""
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return options


def _micro_batches(ds: Any) -> Iterator[list[int]]:
    return (batch.tolist() for batch in ds.as_numpy_iterator())


class _Passes:
    """A dataset that every epoch iterates over anew."""

    def __init__(self, spec: _Spec, ranks: list[Any]) -> None:
        self._ranks = ranks
        self.per_epoch = max(int(ds.cardinality()) for ds in ranks)
        self.total_steps = spec.steps or (spec.epochs or 0) * self.per_epoch
        self.numbers = {"cardinality": int(ranks[0].cardinality())}

    def read(self, epochs: list[int]) -> dict[int, list[list[list[int]]]]:
        if not self.per_epoch:
            raise ValueError("there is no micro-batch")
        last = (self.total_steps - 1) // self.per_epoch
        wanted = [epoch for epoch in epochs if epoch <= last]
        lists = [self._epochs(ds, wanted) for ds in self._ranks]
        return {epoch: [rank[epoch] for rank in lists] for epoch in wanted}

    def _epochs(self, ds: Any, wanted: list[int]) -> dict[int, list[list[int]]]:
        found = {}
        for epoch in range(max(wanted) + 1):
            iterator = _micro_batches(ds)
            left = self.total_steps - epoch * self.per_epoch
            # an iterator that is made and not read takes its seeds all the same
            found[epoch] = [*islice(iterator, left if epoch in wanted else 1)]
        return found


class _Stream:
    """A dataset that repeats: one iterator from the first epoch to the last."""

    def __init__(self, spec: _Spec, ranks: list[Any]) -> None:
        self._spec, self._ranks = spec, ranks
        self._period = int(spec.built(0, until="repeat").cardinality())
        counts = [int(ds.cardinality()) for ds in ranks]
        if not max(counts):
            raise ValueError("there is no micro-batch")
        self.total_steps = spec.steps if spec.steps is not None else max(counts)
        self.numbers = {"cardinality": counts[0]}
        begun = self._span(0)[1]
        # a run that ends inside its first epoch has no full one
        self.per_epoch = begun if begun < self.total_steps else None

    def _epoch_of(self, micro_step: int) -> int:
        if self._spec.virtual:
            return micro_step // self._spec.virtual
        return self._spec.begins_at(micro_step) // self._period

    def _span(self, epoch: int) -> tuple[int, int]:
        """Micro-steps that begin in an epoch."""
        numbers = range(self.total_steps)
        inside = [number for number in numbers if self._epoch_of(number) == epoch]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def read(self, epochs: list[int]) -> dict[int, list[list[list[int]]]]:
        last = self._epoch_of(self.total_steps - 1)
        spans = {epoch: self._span(epoch) for epoch in epochs if epoch <= last}
        stop = max(stop for _, stop in spans.values())
        streams = [[*islice(_micro_batches(ds), stop)] for ds in self._ranks]
        return {
            epoch: [stream[first:stop] for stream in streams]
            for epoch, (first, stop) in spans.items()
        }


def _listing(micro_batches: list[list[int]], *, digest: bool) -> Any:
    if not digest:
        return micro_batches
    flat = np.array([index for batch in micro_batches for index in batch], "<i8")
    digested = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": digested, "count": flat.size, "micro_batches": len(micro_batches)}


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    spec = _Spec(case["spec"])
    ranks = [spec.built(rank) for rank in range(spec.ranks)]
    run = _Stream(spec, ranks) if spec.repeats else _Passes(spec, ranks)
    lists = run.read(case["epochs"])
    numbers = {"total_steps": run.total_steps}
    if run.per_epoch is not None:
        numbers["micro_steps_per_epoch"] = run.per_epoch
    digest = case.get("digest", False)
    return {
        "numbers": numbers | run.numbers,
        "epochs": {
            str(epoch): [_listing(rank, digest=digest) for rank in epoch_lists]
            for epoch, epoch_lists in lists.items()
        },
    }


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package says to a case."""
    try:
        return _answer(case)
    except (*_REFUSALS, AttributeError) as refusal:
        return {"refused": f"{type(refusal).__name__}: {str(refusal)[:200]}"}


def main() -> None:
    """Answer the cases of standard input, one a line."""
    package = {"package": "tensorflow", "version": tf.__version__}
    print(json.dumps(package | {"python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

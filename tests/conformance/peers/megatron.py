"""Answers cases with the real Megatron; runs in an environment that has megatron-core.

The wheel has the calculators of micro-batches and the blending. The samplers and the training
program are only in the repository: the environment variable MEGATRON_LM names a checkout of it,
see megatron_training.py.
"""

import hashlib
import importlib
import json
import logging
import platform
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

_FOLDER = str(Path(__file__).parent)
sys.path[:] = [folder for folder in sys.path if folder != _FOLDER]  # this file has a package's name
warnings.simplefilter("ignore")  # the package tells at import which accelerators are missing

from megatron.core import __version__ as core_version  # noqa: E402 - after the lines above
from megatron.core.datasets.blended_dataset import BlendedDataset  # noqa: E402 - as above
from megatron.core.datasets.megatron_dataset import MegatronDataset  # noqa: E402 - as above
from megatron.core.datasets.utils import Split, normalize  # noqa: E402 - as above

sys.path.append(_FOLDER)
_PROGRAM: Any = importlib.import_module("megatron_training")

_REFUSALS = (
    AssertionError,
    IndexError,
    OverflowError,
    RuntimeError,
    StopIteration,
    TypeError,
    ZeroDivisionError,
)

Lists = list[list[int]]


class _Samples(MegatronDataset):  # type: ignore[misc] # the package has no types here
    """A dataset that has nothing but a size."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.index_split = Split.train
        self.unique_identifiers: dict[str, Any] = {}

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, idx: int) -> dict[str, Any]:
        raise NotImplementedError


class ResumedRunError(Exception):
    """A sampler that starts at a step boundary does not go on as the unbroken run does."""


class _Reading:
    """What the ranks read in the epochs that are asked for."""

    def __init__(self, training: Any, wanted: list[int]) -> None:
        self.training = training
        self.lists: dict[int, list[Lists]] = {}
        self.starts: dict[int, list[tuple[int, int]]] = {}
        self.batches: list[tuple[int, int]] = []
        self.micro_batches: list[tuple[int, int]] = []
        self.consumed = 0
        iterators = training.iterators(0)
        for step, (consumed, count, batch) in enumerate(training.steps()):
            epoch = training.epoch_of(step, consumed)
            self.consumed = consumed + count * training.row
            if not self.batches or self.batches[-1][1] != batch:
                self.batches.append((step, batch))
                self.micro_batches.append((step, count))
            if not training.cyclic or epoch <= max(wanted):
                rows = _drawn(iterators, count)
                if epoch in wanted:
                    self._keep(epoch, consumed, rows)

    def _keep(self, epoch: int, consumed: int, rows: list[Lists]) -> None:
        ranks = self.lists.setdefault(epoch, [[] for _ in rows])
        self.starts.setdefault(epoch, []).append((consumed, len(ranks[0])))
        for rank, row in zip(ranks, rows, strict=True):
            rank.extend(row)

    def check_resumed_runs(self) -> None:
        """Real samplers that start at the first, the middle and the last step of each epoch."""
        for epoch, starts in self.starts.items():
            for consumed, first in {starts[0], starts[len(starts) // 2], starts[-1]}:
                unbroken = [rank[first:] for rank in self.lists[epoch]]
                resumed = _drawn(self.training.iterators(consumed), len(unbroken[0]))
                if resumed != unbroken:
                    raise ResumedRunError(self.training.spec, epoch, consumed)


def _drawn(iterators: list[Iterator[list[int]]], count: int) -> list[Lists]:
    return [[next(iterator) for _ in range(count)] for iterator in iterators]


def _blend(training: Any) -> BlendedDataset | None:
    """The blended dataset that the options describe."""
    weights, sizes = training.options.get("blend"), training.options.get("blend_sizes")
    if weights is None and sizes is None:
        return None
    # the program normalises the weights that it is given before the dataset does so again
    weights = sizes if weights is None else normalize(weights)
    size = None if sizes is not None and sum(sizes) == training.size else training.size
    datasets = [_Samples(each) for each in sizes or [training.size] * len(weights)]
    return BlendedDataset(
        datasets, weights, size, SimpleNamespace(defer_npy_index_mmap=False, path_to_cache=None)
    )


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    try:
        return _answered(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def _answered(case: dict[str, Any]) -> dict[str, Any]:
    training = _PROGRAM.Training(case["spec"])
    blend = _blend(training)
    reading = _Reading(training, case["epochs"])
    if training.is_even:
        reading.check_resumed_runs()
    numbers = training.numbers() | {
        "micro_steps_per_epoch": training.micro_steps_of_an_epoch(),
        "consumed_train_samples": reading.consumed,
        "global_batch_sizes": reading.batches,
        "num_microbatches": reading.micro_batches,
    }
    samples = np.arange(training.size)
    if blend is not None:
        counts = np.bincount(blend.dataset_index, minlength=len(blend.datasets))
        offsets = np.cumsum(counts) - counts
        samples = offsets[blend.dataset_index] + blend.dataset_sample_index
        numbers |= {"blend_counts": counts.tolist(), "blend_offsets": offsets.tolist()}
    written = _digest if case.get("digest") else _plain
    return {
        "numbers": numbers,
        "epochs": {
            str(epoch): [written(samples, rank) for rank in ranks]
            for epoch, ranks in reading.lists.items()
        },
    }


def _plain(samples: Any, micro_batches: Lists) -> Lists:
    return [samples[batch].tolist() if batch else [] for batch in micro_batches]


def _digest(samples: Any, micro_batches: Lists) -> dict[str, Any]:
    flat = samples[[index for batch in micro_batches for index in batch]].astype("<i8")
    return {
        "sha256": hashlib.sha256(flat.tobytes()).hexdigest(),
        "count": len(flat),
        "micro_batches": len(micro_batches),
    }


def main() -> None:
    """Answer one case per line."""
    logging.disable(logging.CRITICAL)
    if _PROGRAM.checkout_version() != core_version:
        raise SystemExit(f"MEGATRON_LM is {_PROGRAM.checkout_version()}, not {core_version}")
    versions = {"package": "megatron-core", "version": core_version}
    print(json.dumps(versions | {"python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

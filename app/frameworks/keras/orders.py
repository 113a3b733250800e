"""Orders in which keras' fit hands samples to its replicas."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.spec import BatchGeometry
from app.frameworks.keras.fit import KerasFit
from app.frameworks.tensorflow_seeds import operation_seeds
from app.sampling.buffer_shuffle import buffer_shuffled
from app.sampling.computed_order import ComputedOrder
from app.sampling.memo import TABLES
from app.sampling.python_reshuffle import python_reshuffled

BLANK: Final = -1
"""Stands for a place without a sample."""

BATCH_WORK: Final = 2_000
"""What it takes to begin the shuffle of a batch, in samples that are shuffled."""

_WORDS_TOGETHER = 4
"""Words that the generator draws at a time; a batch leaves those that it does not need."""


def array_table(dataset_size: int, seed: int) -> NDArray[Any]:
    """Samples of an array that fit shuffles.

    They are the same in every pass, which makes the random operation anew, with the same seeds.

    Source: keras 3.15.1, keras/src/trainers/data_adapters/array_data_adapter.py.

    >>> array_table(10, seed=7).tolist()
    [7, 5, 4, 0, 3, 6, 9, 2, 8, 1]
    """
    seeds = operation_seeds(0, global_seed=seed)
    return buffer_shuffled(dataset_size, buffer_size=dataset_size, seeds=seeds)


def batchwise_table(dataset_size: int, seed: int, *, batch_size: int) -> NDArray[Any]:
    """Samples of an array of which fit shuffles every batch, the same in every pass.

    >>> batchwise_table(10, seed=7, batch_size=3).tolist()
    [0, 1, 2, 3, 5, 4, 7, 6, 8, 9]
    """
    seeds = operation_seeds(0, global_seed=seed)
    table = np.empty(dataset_size, np.int64)
    skipped = 0
    for first in range(0, dataset_size, batch_size):
        count = min(batch_size, dataset_size - first)
        places = buffer_shuffled(count, buffer_size=count, seeds=seeds, skipped_words=skipped)
        table[first : first + count] = first + places.astype(np.int64)
        skipped += -(-(count - 1) // _WORDS_TOGETHER) * _WORDS_TOGETHER
    return table


def item_table(fit: KerasFit, seed: int, number: int) -> NDArray[Any]:
    """Samples of a PyDataset in one of its passes; its items are shuffled as wholes.

    Source: keras 3.15.1, keras/src/trainers/data_adapters/py_dataset_adapter.py.
    """
    size = min(fit.batch.micro_batch_size, fit.dataset_size)
    items, _ = python_reshuffled(fit.pass_micro_steps, seed=seed, shuffles=number + 1)
    samples = (items.astype(np.int64)[:, None] * size + np.arange(size)).reshape(-1)
    return samples[samples < fit.dataset_size]


def short_item_places(fit: KerasFit, seed: int, passes: int) -> NDArray[np.int64]:
    """Which micro-step of each pass reads the last item of a shuffled PyDataset.

    Returns:
        int64, shape (passes,).
    """
    items = fit.pass_micro_steps
    return TABLES.get(
        ("keras-short-items", items, seed, passes),
        lambda: python_reshuffled(items, seed=seed, shuffles=passes)[1],
    )


def replicated(samples: NDArray[Any], fit: KerasFit) -> NDArray[Any]:
    """Samples of a pass, batch after batch, at the positions of the replicas that take them.

    >>> from app.arithmetic.batch import solve_batch
    >>> fit = KerasFit(dataset_size=11, batch=solve_batch(micro_batch_size=3, data_parallel_size=2))
    >>> replicated(np.arange(11), fit).tolist()
    [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8]
    """
    ranks = fit.batch.data_parallel_size
    if ranks == 1:
        return samples
    full = len(samples) - fit.last_samples
    last = np.full(fit.last_share * ranks, BLANK, np.int64)
    last[: fit.last_samples] = samples[full:]
    ends = last.reshape(ranks, fit.last_share).T.reshape(-1)[: fit.last_positions]
    return np.concatenate([full_rows(samples[:full], fit.batch), ends])


def full_rows(samples: NDArray[Any], batch: BatchGeometry) -> NDArray[Any]:
    """Samples of full batches at the positions of the replicas that take them.

    >>> from app.arithmetic.batch import solve_batch
    >>> full_rows(np.arange(6), solve_batch(micro_batch_size=3, data_parallel_size=2)).tolist()
    [0, 3, 1, 4, 2, 5]
    """
    if not len(samples):  # a batch may be larger than any array
        return samples
    rows = samples.reshape(-1, batch.data_parallel_size, batch.micro_batch_size)
    return rows.swapaxes(1, 2).reshape(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaOrder(ComputedOrder):
    """Samples in the order of the data, shared out by several replicas.

    >>> from app.arithmetic.batch import solve_batch
    >>> fit = KerasFit(dataset_size=9, batch=solve_batch(micro_batch_size=3, data_parallel_size=2))
    >>> order, out = ReplicaOrder(fit=fit, first=0), np.empty(9, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist(), [*order.positions_of(8, stop=9)]
    ([0, 3, 1, 4, 2, 5, 6, 8, 7], [7])

    Attributes:
        fit: What shares them out.
        first: Sample of the stream that the first position holds, where a batch begins.
    """

    fit: KerasFit
    first: int

    def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The samples that stand at positions: uint64, the shape of positions."""
        fit = self.fit
        row, ranks = np.uint64(fit.batch.row_samples), np.uint64(fit.batch.data_parallel_size)
        turn, first = np.uint64(fit.kept_samples), np.uint64(self.first % fit.kept_samples)
        inside = positions % row
        batch_start = positions - inside
        slot, rank = inside // ranks, inside % ranks
        if fit.repeats:
            place = batch_start + rank * np.uint64(fit.batch.micro_batch_size) + slot
            looped: NDArray[np.uint64] = (place % turn + first) % turn
            return looped
        is_last = first + batch_start == turn - np.uint64(fit.last_samples)
        share = np.where(is_last, np.uint64(fit.last_share), np.uint64(fit.batch.micro_batch_size))
        places: NDArray[np.uint64] = first + batch_start + rank * share + slot
        places[places >= turn] = np.uint64(2**64 + BLANK)
        return places

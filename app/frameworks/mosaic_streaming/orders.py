"""Tables of mosaicml-streaming: what shuffles and resampling make of an epoch's samples."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.frameworks.mosaic_streaming.setup import StreamingSetup
from app.sampling.block_shuffle import block_sizes, py1br_shuffle, py1e_shuffle
from app.sampling.elastic_order import ElasticOrder
from app.sampling.memo import TABLES
from app.sampling.resampling import Resampling, resampled
from app.sampling.shard_shuffle import naive_shuffle, py1s_shuffle, py2s_shuffle
from app.sampling.shard_spans import Indices, Spans

_WORK_PER_SAMPLE: Final = {"naive": 1, "py1br": 1, "py1e": 4, "py1s": 1, "py2s": 2}
_WORK_PER_PIECE: Final = 256
"""A shard, a piece of one or a block takes about as long as so many samples."""

_SMALL: Final = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingTable:
    """Sample of the dataset for every place of an epoch.

    >>> table = StreamingTable(
    ...     shards=4,
    ...     dataset_size=12,
    ...     resampling=None,
    ...     algorithm="py1e",
    ...     canonical_nodes=1,
    ...     block_size=8,
    ... )
    >>> table.made(seed=9176, epoch=0).tolist()
    [1, 2, 3, 0, 5, 6, 4, 7, 8, 11, 9, 10]

    Attributes:
        shards: Samples of every shard but the last, or of each.
        dataset_size: Samples of the dataset.
        resampling: What an epoch takes of them; None for each of them once.
        algorithm: How they are shuffled; empty for not at all.
        canonical_nodes: Parts that samples never leave.
        block_size: Samples that py1br and py1e mix.
    """

    shards: int | tuple[int, ...]
    dataset_size: int
    resampling: Resampling | None
    algorithm: str
    canonical_nodes: int
    block_size: int

    def made(self, *, seed: int, epoch: int) -> NDArray[Any]:
        """The table: uint32 or int64, shape (epoch size,).

        Args:
            seed: Seed of the run.
            epoch: Number of the epoch, as the package counts.
        """
        samples = self._epoch_samples(seed, epoch)
        return samples.astype(np.uint32) if self.dataset_size <= _SMALL else samples

    def _epoch_samples(self, seed: int, epoch: int) -> Indices:
        if self.resampling is None:
            return self._shuffled(self._shards, self.dataset_size, seed, epoch)
        before = resampled(self._shards, self.resampling, seed=seed, epoch=epoch)
        if not self.algorithm:
            return before.samples
        size = self.resampling.epoch_size
        return before.samples[self._shuffled(before.shards, size, seed, epoch)]

    @property
    def work(self) -> int:
        """What it takes to make it, in samples that are shuffled."""
        size = self.resampling.epoch_size if self.resampling else self.dataset_size
        repeats = ceil_div(size, self.dataset_size)
        pieces = self._shard_count * (repeats + 1) + self.canonical_nodes
        if self.algorithm == "py1br":
            pieces += size // block_sizes(self.block_size).start + self.canonical_nodes
        per_sample = _WORK_PER_SAMPLE.get(self.algorithm, 1)
        return max(size, self.dataset_size) * per_sample + pieces * _WORK_PER_PIECE

    @property
    def _shard_count(self) -> int:
        if isinstance(self.shards, tuple):
            return len(self.shards)
        return ceil_div(self.dataset_size, self.shards)

    @property
    def _shards(self) -> Spans:
        if isinstance(self.shards, tuple):
            return Spans.of_shards(np.array(self.shards, dtype=np.int64))
        starts = np.arange(0, self.dataset_size, self.shards, dtype=np.int64)
        return Spans(starts, np.diff(starts, append=self.dataset_size))

    def _shuffled(self, shards: Spans, size: int, seed: int, epoch: int) -> Indices:
        parts, block_size = self.canonical_nodes, self.block_size
        match self.algorithm:
            case "naive":
                return naive_shuffle(size, seed=seed, epoch=epoch)
            case "py1s":
                return py1s_shuffle(shards, parts, seed=seed, epoch=epoch)
            case "py2s":
                return py2s_shuffle(shards, parts, seed=seed, epoch=epoch)
            case "py1br":
                return py1br_shuffle(shards, parts, seed=seed, epoch=epoch, block_size=block_size)
            case _:
                return py1e_shuffle(shards, parts, seed=seed, epoch=epoch, block_size=block_size)


def streaming_table(setup: StreamingSetup) -> StreamingTable | None:
    """The table of a setup; None where an epoch is the dataset as it is."""
    options, size = setup.options, setup.spec.dataset_size
    if not setup.is_shuffled and not setup.is_resized:
        return None
    balanced = options["sampling_method"] == "balanced"
    resampling = Resampling(
        epoch_size=setup.epoch_size,
        granularity=options["sampling_granularity"],
        shares_vary=setup.is_shuffled and balanced,
        samples_vary=balanced,
    )
    return StreamingTable(
        shards=options["shard_sizes"] or options["samples_per_shard"] or size,
        dataset_size=size,
        resampling=resampling if setup.is_resized else None,
        algorithm=options["shuffle_algo"] if setup.is_shuffled else "",
        canonical_nodes=setup.canonical_nodes,
        block_size=setup.block_size,
    )


def streaming_order(setup: StreamingSetup, epoch: int) -> ElasticOrder:
    """The order of an epoch of the run; its table is made when it is first read."""
    table = streaming_table(setup)
    ranks = setup.of_epoch(epoch)
    if table is None:
        return ElasticOrder(ranks=ranks)
    seed, number = setup.spec.sampling.seed, setup.options["epoch"] + epoch
    key = ("mosaic-streaming", table, seed, number)
    return ElasticOrder(
        ranks=ranks,
        table=lambda: TABLES.get(key, lambda: table.made(seed=seed, epoch=number)),
    )

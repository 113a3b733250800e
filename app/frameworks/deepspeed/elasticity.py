"""DeepSpeed's elasticity: a global batch size that many numbers of ranks divide."""

from dataclasses import dataclass
from functools import lru_cache
from math import floor, isqrt, lcm
from typing import Final

import numpy as np

from app.arithmetic.integers import INT64_MAX

HIGHLY_COMPOSITE: Final = (
    *(1, 2, 4, 6, 12, 24, 36, 48, 60, 120, 180, 240, 360, 720, 840, 1_260, 1_680, 2_520, 5_040),
    *(7_560, 10_080, 15_120, 20_160, 25_200, 27_720, 45_360, 50_400, 55_440, 83_160, 110_880),
    *(166_320, 221_760, 277_200, 332_640, 498_960, 554_400, 665_280, 720_720),
)
"""Numbers with more divisors than any smaller one, up to 720,720 (OEIS A002182)."""

_BY_NODES: Final = 0.2
"""The version of the logic that counts nodes instead of ranks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elasticity:
    """The configuration block of elasticity, under the names of DeepSpeed.

    Source: deepspeed 0.19.7, deepspeed/elasticity/elasticity.py and config.py. GPUs are
    data-parallel ranks, times model_parallel_size in version 0.2.

    Attributes:
        keeps_multiple: Whether the least common multiple of the micro-batch sizes is tried even if
            it is above max_train_batch_size, as until 0.19.5.
    """

    max_train_batch_size: int
    micro_batch_sizes: tuple[int, ...]
    min_gpus: int
    max_gpus: int
    prefer_larger_batch: bool
    version: float
    num_gpus_per_node: int
    model_parallel_size: int
    keeps_multiple: bool = False

    @property
    def by_nodes(self) -> bool:
        """Whether nodes are counted instead of ranks."""
        return self.version >= _BY_NODES

    @property
    def node_ranks(self) -> int:
        """Data-parallel ranks of a node."""
        return self.num_gpus_per_node // self.model_parallel_size

    @property
    def largest_micro_batch(self) -> int:
        """Largest micro-batch that fits: into the batch, or into a node's share of it."""
        if self.by_nodes:
            return int(self.max_train_batch_size / self.node_ranks)
        return self.max_train_batch_size

    @property
    def overflows(self) -> bool:
        """Whether int64 cannot hold the least common multiple that DeepSpeed starts from."""
        nodes = self.node_ranks if self.by_nodes and self.keeps_multiple else 1
        return lcm(*self.micro_batch_sizes) * nodes > INT64_MAX


@dataclass(frozen=True, slots=True)
class ElasticBatch:
    """A global batch size and the numbers of ranks that can share it.

    Attributes:
        train_batch_size: Samples of a full step; 0 where not even one micro-batch fits.
        valid_gpus: Ascending.
    """

    train_batch_size: int
    valid_gpus: tuple[int, ...]

    def micro_batch_size(self, ranks: int, sizes: tuple[int, ...]) -> int:
        """The largest micro-batch size that the share of a rank is a multiple of.

        Args:
            ranks: One of valid_gpus.
            sizes: The micro-batch sizes to choose from.
        """
        share = self.train_batch_size // ranks
        return max(size for size in sizes if share % size == 0)


@lru_cache(maxsize=64)
def elastic_batch(elasticity: Elasticity, ranks: int) -> ElasticBatch | None:
    """The batch that DeepSpeed chooses, None where it fails to find any.

    Version 0.1 knows nothing of the ranks that there are; version 0.2 falls back to a batch for
    exactly these ranks where they do not divide the one that it prefers.

    >>> batch = elastic_batch(
    ...     Elasticity(
    ...         max_train_batch_size=10_000,
    ...         micro_batch_sizes=(8, 12, 16, 17),
    ...         min_gpus=32,
    ...         max_gpus=1_500,
    ...         prefer_larger_batch=True,
    ...         version=0.1,
    ...         num_gpus_per_node=1,
    ...         model_parallel_size=1,
    ...     ),
    ...     64,
    ... )
    >>> batch.train_batch_size, len(batch.valid_gpus), batch.micro_batch_size(64, (8, 12, 16, 17))
    (9792, 23, 17)
    """
    if not elasticity.by_nodes:
        return _best_batch(
            elasticity,
            elasticity.max_train_batch_size,
            range(elasticity.min_gpus, elasticity.max_gpus + 1),
        )
    node_ranks = elasticity.node_ranks
    per_node = elasticity.largest_micro_batch
    fewest = int(elasticity.min_gpus / elasticity.num_gpus_per_node) or 1
    most = int(elasticity.max_gpus / elasticity.num_gpus_per_node)
    most = most or per_node // min(elasticity.micro_batch_sizes)
    best = _best_batch(elasticity, per_node, range(fewest, most + 1))
    if best is None:
        return None
    valid = tuple(nodes * node_ranks for nodes in best.valid_gpus)
    if ranks // elasticity.model_parallel_size in valid:
        return ElasticBatch(best.train_batch_size * node_ranks, valid)
    return _batch_of_these_ranks(elasticity, ranks)


def _batch_of_these_ranks(elasticity: Elasticity, ranks: int) -> ElasticBatch:
    """As many micro-batches of one size as fit; all of it in doubles, as DeepSpeed computes it."""
    shares = ranks / elasticity.num_gpus_per_node * elasticity.node_ranks
    sizes = [
        floor(elasticity.max_train_batch_size / (size * shares)) * (size * shares)
        for size in elasticity.micro_batch_sizes
    ]
    chosen = max(sizes) if elasticity.prefer_larger_batch else min(sizes)
    return ElasticBatch(int(chosen), (int(shares),))


def _best_batch(elasticity: Elasticity, largest: int, allowed: range) -> ElasticBatch | None:
    """The candidate with the most divisors that are allowed; of several the one preferred.

    Without a candidate that has any, the largest one above the smallest micro-batch is taken
    where large ones are preferred, and none otherwise.
    """
    sizes, sign = elasticity.micro_batch_sizes, 1 if elasticity.prefer_larger_batch else -1
    best, rank_of_best = None, (0, sign * min(sizes))
    candidates = _candidates(sizes, largest)
    if elasticity.keeps_multiple:
        candidates |= {max(largest, lcm(*sizes))} - {largest}
    for size in candidates:
        valid = _valid_ranks(size, sizes, allowed)
        if (len(valid), sign * size) > rank_of_best:
            best, rank_of_best = ElasticBatch(size, valid), (len(valid), sign * size)
    return best


def _candidates(sizes: tuple[int, ...], largest: int) -> set[int]:
    """Every micro-batch size, and their least common multiple, times a highly composite number."""
    return {
        size * max(each for each in HIGHLY_COMPOSITE if each * size <= largest)
        for size in (*sizes, lcm(*sizes))
        if size <= largest
    }


def _valid_ranks(batch_size: int, sizes: tuple[int, ...], allowed: range) -> tuple[int, ...]:
    """Numbers of ranks that share a batch in whole micro-batches of one of the sizes."""
    shares = {batch_size // size for size in sizes if batch_size % size == 0}
    return tuple(sorted({count for share in shares for count in _divisors(share, allowed)}))


def _divisors(number: int, allowed: range) -> list[int]:
    """Divisors of a number within a range, at the lesser of two costs."""
    root = isqrt(number)
    if root < len(allowed):
        small = np.arange(1, root + 1)
        small = small[number % small == 0]
        found = (*small.tolist(), *(number // small).tolist())
        return [each for each in found if each in allowed]
    tried = np.arange(allowed.start, allowed.stop)
    divisors: list[int] = tried[number % tried == 0].tolist()
    return divisors

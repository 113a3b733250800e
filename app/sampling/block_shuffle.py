"""The shuffles of mosaicml-streaming that mix shards within blocks: py1br, py1e.

Facts from mosaicml-streaming 0.13.0, streaming/base/shuffle. Random numbers are those of NumPy's
default generator, PCG64, called as the package calls it.
"""

from collections.abc import Iterator

import numpy as np

from app.sampling.shard_shuffle import shuffled_parts
from app.sampling.shard_spans import Indices, Spans

Generator = np.random.Generator


def block_sizes(block_size: int) -> range:
    """Sizes that a block may have, one of them drawn for each.

    The package computes both bounds in double precision.

    >>> block_sizes(8)
    range(6, 10)
    """
    return range(int(0.75 * block_size), int(1.25 * block_size))


def py1br_shuffle(
    shards: Spans, canonical_nodes: int, *, seed: int, epoch: int, block_size: int
) -> Indices:
    """Pieces of shards in the order of py1s, shuffled in staggered blocks of random size.

    >>> shards = Spans.of_shards([4, 4, 4])
    >>> py1br_shuffle(shards, 1, seed=9176, epoch=0, block_size=8).tolist()
    [2, 5, 1, 3, 8, 6, 9, 4, 0, 7, 10, 11]

    Args:
        shards: Shards of the epoch.
        canonical_nodes: Parts that samples never leave.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch; added to the seed for all but the order of the shards.
        block_size: At least 2, or no block has a size to be drawn.

    Returns:
        int64, shape (samples,): a permutation.
    """
    generator = np.random.default_rng(seed + epoch)
    parts = shuffled_parts(shards, canonical_nodes, seed=seed, generator=generator)
    sizes = block_sizes(block_size)
    staggers: list[int] = generator.integers(0, sizes.start, (canonical_nodes,)).tolist()
    samples = [part.samples() for part in parts]
    for part, stagger in zip(samples, staggers, strict=True):
        # all sizes of a part are drawn before its first block is shuffled
        for block in [*_staggered_blocks(len(part), stagger, sizes, generator)]:
            generator.shuffle(part[block])
    return np.concatenate(samples)


def _staggered_blocks(
    count: int, stagger: int, sizes: range, generator: Generator
) -> Iterator[slice]:
    """Blocks of one canonical node.

    Each ends `stagger` before where the sizes so far would put it, but what counts as so far is
    the length of the blocks as cut off at the node's ends: later blocks overlap the earlier ones.
    """
    behind = 0
    while behind < count:
        size = int(generator.integers(sizes.start, sizes.stop))
        block = slice(max(behind - stagger, 0), min(behind + size - stagger, count))
        behind += block.stop - block.start
        yield block


def py1e_shuffle(
    shards: Spans, canonical_nodes: int, *, seed: int, epoch: int, block_size: int
) -> Indices:
    """Pieces of shards in the order of py1s, every sample moved by a random distance.

    Samples that land on the very same place keep no order of their own: the package sorts by an
    algorithm that promises none, and so does this function, by the same one.

    >>> shards = Spans.of_shards([4, 4, 4])
    >>> py1e_shuffle(shards, 1, seed=9176, epoch=0, block_size=8).tolist()
    [1, 2, 3, 0, 5, 6, 4, 7, 8, 11, 9, 10]

    Args:
        shards: Shards of the epoch.
        canonical_nodes: Parts that samples never leave, at most as many as samples.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch; added to the seed for all but the order of the shards.
        block_size: Samples of a shard end up in a range of about this length; at least 1.

    Returns:
        int64, shape (samples,): a permutation.
    """
    generator = np.random.default_rng(seed + epoch)
    parts = shuffled_parts(shards, canonical_nodes, seed=seed, generator=generator)
    sizes = block_sizes(block_size)
    return np.concatenate([_spread_out(part, sizes, generator) for part in parts])


def _spread_out(part: Spans, sizes: range, generator: Generator) -> Indices:
    """Samples of one canonical node, sorted by the places that they have been moved to."""
    samples = part.samples()
    for place in part.slices():
        generator.shuffle(samples[place])
    places = np.arange(len(samples), dtype=np.float64)
    start = 0
    for size in part.sizes.tolist():
        stop = start + size
        reach = max(0.0, (int(generator.integers(sizes.start, sizes.stop)) - size) / 2)
        low, high = max(-reach, -start), min(reach, len(samples) - stop)
        places[start:stop] += generator.uniform(low, high, size)
        start = stop
    return samples[np.argsort(places)]

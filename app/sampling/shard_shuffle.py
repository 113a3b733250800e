"""The shuffles of mosaicml-streaming that know shards: naive, py1s, py2s.

Facts from mosaicml-streaming 0.13.0, streaming/base/shuffle. Random numbers are those of NumPy's
default generator, PCG64, called as the package calls it: golden records of the package guard
against a NumPy whose generator gives other numbers.
"""

import numpy as np
from numpy.typing import NDArray

from app.sampling.shard_spans import Indices, Spans, chained


def naive_shuffle(sample_count: int, *, seed: int, epoch: int) -> Indices:
    """All samples, as if there were no shards.

    >>> naive_shuffle(12, seed=9176, epoch=0).tolist()
    [2, 5, 10, 9, 8, 1, 6, 7, 11, 3, 0, 4]

    Args:
        sample_count: Samples of the epoch.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch; added to the seed.

    Returns:
        int64, shape (sample_count,): a permutation.
    """
    return np.random.default_rng(seed + epoch).permutation(sample_count)


def py1s_shuffle(shards: Spans, canonical_nodes: int, *, seed: int, epoch: int) -> Indices:
    """Shards once for the run, then the pieces of every canonical node and their samples.

    >>> py1s_shuffle(Spans.of_shards([4, 4, 4]), 1, seed=9176, epoch=0).tolist()
    [1, 2, 3, 0, 6, 5, 4, 7, 8, 11, 9, 10]

    Args:
        shards: Shards of the epoch.
        canonical_nodes: Parts that samples never leave.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch; added to the seed for all but the order of the shards.

    Returns:
        int64, shape (samples,): a permutation.
    """
    generator = np.random.default_rng(seed + epoch)
    pieces = chained(shuffled_parts(shards, canonical_nodes, seed=seed, generator=generator))
    samples = pieces.samples()
    _shuffle_within(samples, pieces, generator)
    return samples


def py2s_shuffle(shards: Spans, canonical_nodes: int, *, seed: int, epoch: int) -> Indices:
    """As py1s, after the samples of every shard have been shuffled once for the run.

    >>> py2s_shuffle(Spans.of_shards([4, 4, 4]), 1, seed=9176, epoch=0).tolist()
    [3, 1, 2, 0, 4, 5, 6, 7, 9, 8, 10, 11]

    Args:
        shards: Shards of the epoch.
        canonical_nodes: Parts that samples never leave.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch; added to the seed for the second shuffle.

    Returns:
        int64, shape (samples,): a permutation.
    """
    of_run = np.random.default_rng(seed)
    scattered = shards.shuffled(of_run)
    samples = scattered.samples()
    _shuffle_within(samples, scattered, of_run)
    of_epoch = np.random.default_rng(seed + epoch)
    places = Spans.of_shards(scattered.sizes).divided(canonical_nodes)
    parts: list[Indices] = []
    for place in places:
        pieces = place.shuffled(of_epoch)
        part = samples[pieces.samples()]
        _shuffle_within(part, pieces, of_epoch)
        parts.append(part)
    return np.concatenate(parts)


def shuffled_parts(
    shards: Spans, canonical_nodes: int, *, seed: int, generator: np.random.Generator
) -> list[Spans]:
    """Shards in the order of the run, cut for the canonical nodes, each part in its own order.

    Args:
        shards: Shards of the epoch.
        canonical_nodes: Number of parts.
        seed: Seed of the run.
        generator: The generator of the epoch, which goes on to shuffle the samples.
    """
    of_run = shards.shuffled(np.random.default_rng(seed))
    return [part.shuffled(generator) for part in of_run.divided(canonical_nodes)]


def _shuffle_within(
    samples: NDArray[np.int64], spans: Spans, generator: np.random.Generator
) -> None:
    """Shuffle the samples of every span in place; a single one takes no random number."""
    for place in spans.slices():
        generator.shuffle(samples[place])

"""Epochs of mosaicml-streaming that are larger or smaller than the dataset.

Facts from mosaicml-streaming 0.13.0, streaming/base/sampling.py and resample_streams of
streaming/base/dataset.py, for a dataset of one stream.
"""

from dataclasses import dataclass

import numpy as np

from app.sampling.shard_spans import Indices, Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How many samples an epoch takes, and how.

    Attributes:
        epoch_size: Samples of an epoch.
        granularity: Samples that are taken from a shard together.
        shares_vary: Whether every epoch takes other numbers of samples from the shards.
        samples_vary: Whether every epoch takes other samples from a shard it takes in part.
    """

    epoch_size: int
    granularity: int = 1
    shares_vary: bool = True
    samples_vary: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ResampledEpoch:
    """The samples of an epoch before any shuffle.

    Attributes:
        shards: Whole repeats of shards and parts of them, as if each were a shard of its own.
        samples: int64, shape (epoch_size,): the sample of the dataset at each place.
    """

    shards: Spans
    samples: Indices


def resampled(shards: Spans, how: Resampling, *, seed: int, epoch: int) -> ResampledEpoch:
    """Take an epoch from the shards of a dataset.

    >>> how = Resampling(epoch_size=7)
    >>> resampled(Spans.of_shards([4, 2]), how, seed=9176, epoch=0).samples.tolist()
    [0, 1, 2, 3, 3, 4, 5]

    Args:
        shards: Shards of the dataset.
        how: What is taken.
        seed: Seed of the run, any natural number.
        epoch: Number of the epoch.
    """
    shares = shard_shares(shards.sizes, how, seed=seed + epoch * how.shares_vary)
    generator = np.random.default_rng(seed + epoch * how.samples_vary)
    sizes: list[Indices] = []
    samples: list[Indices] = []
    for start, size, share in zip(shards.starts, shards.sizes, shares, strict=True):
        repeats, rest = divmod(int(share), int(size))
        units = [size] * repeats + [rest] * (rest > 0)
        sizes.append(np.array(units, dtype=np.int64))
        samples += [np.arange(start, start + size, dtype=np.int64)] * repeats
        if rest:
            samples.append(start + np.sort(generator.choice(size, rest, replace=False)))
    return ResampledEpoch(Spans.of_shards(np.concatenate(sizes)), np.concatenate(samples))


def shard_shares(sizes: Indices, how: Resampling, *, seed: int) -> Indices:
    """How many samples of the epoch come from each shard.

    >>> shard_shares(np.array([10, 10, 10]), Resampling(epoch_size=15), seed=9176).tolist()
    [6, 2, 7]

    Args:
        sizes: int64, shape (shards,): samples of every shard.
        how: What is taken.
        seed: Seed of the generator that decides.

    Returns:
        int64, shape (shards,); the epoch size in total.
    """
    repeats, rest = divmod(how.epoch_size, int(sizes.sum()))
    shares = sizes * repeats
    if rest:
        picks = -(-sizes // how.granularity)
        shard = np.repeat(np.arange(len(sizes)), picks)
        taken = np.full(len(shard), how.granularity, dtype=np.int64)
        taken[np.cumsum(picks) - 1] = sizes - (picks - 1) * how.granularity
        order = np.random.default_rng(seed).permutation(len(shard))
        before = np.cumsum(taken[order]) - taken[order]
        np.add.at(shares, shard[order], np.clip(rest - before, 0, taken[order]))
    return shares

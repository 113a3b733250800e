"""Deliberately weak: small tables, draws, and orders that share one key."""

import numpy as np

from app.sampling.backend import backend
from app.sampling.feistel import Feistel
from app.sampling.keys import Purpose, key_words, long_key_words
from app.sampling.permutation import Permutation
from app.sampling.table import TABLE_LIMIT, Table
from tests.quality.wanted import Values, Wanted
from tests.quality.weak_network import WeakNetwork, Words, hashed_words

GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)
MOVED_BY = 0.618  # of the dataset, from one seed or number to the next


class NaiveShuffle:
    """A table whose entries are each swapped with any other: some orders come more often."""

    name = "naive shuffle"

    def values(self, wanted: Wanted) -> Values:
        words = hashed_words(wanted, wanted.seeds)
        states = words[:, 0] | words[:, 1] << np.uint64(32)
        # seeds along the second axis, so that an entry of all the tables is one row
        tables = np.tile(np.arange(wanted.size, dtype=np.int64)[:, None], len(states))
        orders = np.arange(len(states))
        for last in range(wanted.size - 1, 0, -1):
            step = np.uint64(last * int(GOLDEN_RATIO) % 2**64)
            chosen = _finalised(states + step) % np.uint64(wanted.size)
            kept = tables[last].copy()
            tables[last] = tables[chosen, orders]
            tables[chosen, orders] = kept
        return np.moveaxis(tables[wanted.positions.view(np.int64)], -1, 0)


class UnmixedDraws:
    """Multiples of the golden ratio, scaled to the dataset: neither mixed nor rejected."""

    name = "unmixed draws"

    def values(self, wanted: Wanted) -> Values:
        words = hashed_words(wanted, wanted.seeds)
        first = words[:, 0] | words[:, 1] << np.uint64(32)
        multiples = first[:, None, None] + wanted.positions * GOLDEN_RATIO
        return _scaled(multiples, wanted.size).view(np.int64)


class OneKey:
    """One order for all, its values moved by a multiple of the seed and the number."""

    name = "one key, moved"

    def values(self, wanted: Wanted) -> Values:
        order = _with_one_key(wanted.size)
        blocks = np.empty(wanted.shape[1:], np.int64)
        for start, block in zip(wanted.starts, blocks, strict=True):
            order.fill(block, start=start, stride=wanted.stride)
        turns = [(seed + wanted.number) * MOVED_BY % 1 for seed in wanted.seeds]
        moves = [int(turn * wanted.size) for turn in turns]
        # int64 holds no sum of two values close to 2**63
        room = np.array([wanted.size - move for move in moves])[:, None, None]
        moved: Values = np.where(blocks < room, blocks - room + wanted.size, blocks - room)
        return moved


class Rotation:
    """The dataset as it is, from another place on for every order."""

    name = "rotation"

    def values(self, wanted: Wanted) -> Values:
        words = hashed_words(wanted, wanted.seeds)
        turns = words[:, 0] << np.uint64(31) | words[:, 1] >> np.uint64(1)
        turns %= np.uint64(wanted.size)
        return ((turns[:, None, None] + wanted.positions) % np.uint64(wanted.size)).view(np.int64)


class Twice:
    """Whole orders applied twice, so that their parity is always even."""

    name = "order of order"

    def values(self, wanted: Wanted) -> Values:
        once = WeakNetwork(4).values(wanted)
        return np.take_along_axis(once, once, axis=-1)


def _with_one_key(size: int) -> Permutation:
    words, kernels = key_words(Purpose.SHUFFLE, seed=0, number=0, dataset_size=1), backend().kernels
    if size < TABLE_LIMIT:
        return Permutation(Table(size, long_key_words(words)[0], kernels))
    return Permutation(Feistel.keyed(words, dataset_size=size, kernels=kernels))


def _finalised(z: Words) -> Words:
    """The finaliser of SplitMix64."""
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def _scaled(words: Words, size: int) -> Words:
    """The upper 64 bits of a product of 128."""
    low, half = np.uint64(2**32 - 1), np.uint64(32)
    factor_high, factor_low = np.uint64(size >> 32), np.uint64(size & 2**32 - 1)
    carried = (words & low) * factor_low >> half
    crossed = (words >> half) * factor_low + carried
    other = (words & low) * factor_high + (crossed & low)
    upper: Words = (words >> half) * factor_high + (crossed >> half) + (other >> half)
    return upper

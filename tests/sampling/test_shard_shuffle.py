from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from app.sampling.block_shuffle import py1br_shuffle, py1e_shuffle
from app.sampling.shard_shuffle import naive_shuffle, py1s_shuffle, py2s_shuffle
from app.sampling.shard_spans import Indices, Spans

SHARDS = Spans.of_shards([*range(1, 101)])
"""The shards of test_shuffle.py of mosaicml-streaming 0.13.0."""

Shuffle = Callable[..., Indices]
SHUFFLES: dict[str, Shuffle] = {
    "py1br": partial(py1br_shuffle, block_size=300),
    "py1e": partial(py1e_shuffle, block_size=300),
    "py1s": py1s_shuffle,
    "py2s": py2s_shuffle,
}
shuffles = pytest.mark.parametrize("shuffle", SHUFFLES.values(), ids=SHUFFLES)


def canonical_parts(order: Indices, count: int) -> list[set[int]]:
    """The samples of every canonical node."""
    ends = [len(order) * part // count for part in range(count + 1)]
    return [{*order[start:stop]} for start, stop in pairwise(ends)]


@shuffles
@pytest.mark.parametrize("canonical_nodes", [1, 2, 3])
def test_every_sample_comes_once(shuffle: Shuffle, canonical_nodes: int) -> None:
    order = shuffle(SHARDS, canonical_nodes, seed=1, epoch=2)

    assert sorted(order) == [*range(5_050)]


@shuffles
@pytest.mark.parametrize("canonical_nodes", [1, 2, 3])
def test_canonical_nodes_keep_their_samples(shuffle: Shuffle, canonical_nodes: int) -> None:
    first, second = (shuffle(SHARDS, canonical_nodes, seed=1, epoch=epoch) for epoch in (0, 7))

    parts = canonical_parts(second, canonical_nodes)

    assert parts == canonical_parts(first, canonical_nodes)


@shuffles
def test_every_epoch_has_an_order_of_its_own(shuffle: Shuffle) -> None:
    first, second = (shuffle(SHARDS, 2, seed=1, epoch=epoch) for epoch in (0, 1))

    assert not np.array_equal(first, second)


@shuffles
def test_seeds_are_not_cut_off(shuffle: Shuffle) -> None:
    small, large = (shuffle(SHARDS, 2, seed=seed, epoch=0) for seed in (3, 2**64 + 3))

    assert not np.array_equal(small, large)


@pytest.mark.parametrize("shuffle", [py1s_shuffle, py2s_shuffle])
def test_canonical_nodes_may_be_empty(shuffle: Shuffle) -> None:
    order = shuffle(Spans.of_shards([2, 1]), 8, seed=0, epoch=0)

    assert sorted(order) == [0, 1, 2]


def test_naive_epochs_depend_on_the_sum_of_seed_and_epoch() -> None:
    one, other = (naive_shuffle(50, seed=seed, epoch=5 - seed) for seed in (1, 4))

    assert one.tolist() == other.tolist()

"""The orders that one random.Random brings samples into, shuffle after shuffle."""

import random
from collections.abc import Callable
from functools import cache
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from app.sampling import python_reshuffle_plain
from app.sampling.backend import backend_name
from app.sampling.kernel_set import ShuffleTable
from app.sampling.python_shuffle import STATE_WORDS
from app.sampling.shuffle_table import COMPILED_BELOW, sample_type

Reshuffle = Callable[[ShuffleTable, NDArray[np.int64], NDArray[np.uint32]], None]


def python_reshuffled(
    count: int, *, seed: int, shuffles: int
) -> tuple[ShuffleTable, NDArray[np.int64]]:
    """A sorted list, shuffled by one generator again and again, each time sorted before.

    Source: Python 3.11, Lib/random.py (shuffle, _randbelow_with_getrandbits). Verified against
    the interpreter that runs.

    >>> table, places = python_reshuffled(5, seed=7, shuffles=2)
    >>> table.tolist(), places.tolist()
    ([2, 3, 1, 4, 0], [0, 3])

    Args:
        count: How many samples, at least 1.
        seed: Of random.seed, before the first shuffle.
        shuffles: How many shuffles, at least 1.

    Returns:
        The last permutation, shape (count,), uint32 up to 2**32 samples, else int64; and where
        the last sample stands after each shuffle, int64, shape (shuffles,). Time is about 10 ns
        per sample and shuffle.
    """
    # Python spreads the seed over the state, and hands the state out
    words = random.Random(seed).getstate()[1][:STATE_WORDS]  # noqa: S311 - an order, no secret
    table = np.empty(count, sample_type(count))
    places = np.empty(shuffles, np.int64)
    reshuffle = _compiled() if count < COMPILED_BELOW else python_reshuffle_plain.reshuffle
    reshuffle(table, places, np.array(words, np.uint32))
    return table, places


@cache
def _compiled() -> Reshuffle:
    if backend_name() == "numpy":
        return python_reshuffle_plain.reshuffle
    # imported here because it takes half a second, which plans without indices need not pay
    compiled: Reshuffle = import_module("app.sampling.python_reshuffle_kernels").reshuffle
    return compiled

"""The oracle is the interpreter that runs: random.Random.shuffle."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling import python_reshuffle as module
from app.sampling.python_reshuffle import python_reshuffled
from app.sampling.python_reshuffle_plain import reshuffle as reshuffle_plainly
from tests.strategies import sparingly


def shuffled_by_python(count: int, seed: int, shuffles: int) -> list[list[int]]:
    generator = random.Random(seed)
    orders = [[*range(count)] for _ in range(shuffles)]
    for order in orders:
        generator.shuffle(order)
    return orders


@sparingly
@given(
    count=st.integers(1, 40) | st.sampled_from([63, 64, 65, 700]),
    seed=st.integers(0, 2**70),
    shuffles=st.integers(1, 5),
)
def test_every_shuffle_goes_on_with_the_words_of_one_generator(
    count: int, seed: int, shuffles: int
) -> None:
    table, places = python_reshuffled(count, seed=seed, shuffles=shuffles)

    orders = shuffled_by_python(count, seed, shuffles)
    assert table.tolist() == orders[-1]
    assert places.tolist() == [order.index(count - 1) for order in orders]


def test_the_plain_shuffles_are_those_of_python() -> None:
    table, places = np.empty(9, np.uint32), np.empty(3, np.int64)
    state = np.array(random.Random(5).getstate()[1][:-1], np.uint32)

    reshuffle_plainly(table, places, state)

    orders = shuffled_by_python(9, 5, 3)
    assert table.tolist() == orders[-1]
    assert places.tolist() == [order.index(8) for order in orders]


def test_without_numba_python_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "backend_name", lambda: "numpy")

    chosen = module._compiled.__wrapped__()

    assert chosen is reshuffle_plainly

"""Lists are those of megatron-core 0.16.1: helpers_cpp and BlendedDataset."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling import blend as blend_module
from app.sampling.blend import Blend, BlendedOrder
from app.sampling.blend_kernels import fill_dataset_numbers as fill_compiled
from app.sampling.blend_plain import fill_dataset_numbers as fill_plainly
from app.sampling.layout import Progression
from app.sampling.order import Identity, PassOrder
from tests.strategies import sparingly

weights = st.lists(
    st.sampled_from([1.0, 0.1, 3.0, 1e-9, 1e9]) | st.floats(1e-6, 1e6), min_size=1, max_size=12
)
sizes = st.integers(1, 60)
IN_ORDER = PassOrder(
    dataset_size=20,
    first_position=0,
    order_of=lambda _: Identity(),
    table_size=0,
    fresh_order_per_pass=False,
)


def test_the_dataset_that_is_furthest_behind_its_share_comes_next() -> None:
    blend = Blend.weighted([0.7, 0.2, 0.1], size=12)

    numbers = blend.dataset_numbers().tolist()

    assert numbers == [0, 1, 0, 2, 0, 0, 1, 0, 0, 0, 0, 1]


def test_equal_shares_take_turns_in_the_order_in_which_they_are_given() -> None:
    blend = Blend.weighted([2, 2, 2], size=7)

    numbers = blend.dataset_numbers().tolist()

    assert numbers == [0, 1, 2, 0, 1, 2, 0]


@sparingly
@given(weights=weights, size=sizes)
def test_a_blend_is_a_permutation_of_the_samples_that_it_takes(
    weights: list[float], size: int
) -> None:
    blend = Blend.weighted(weights, size=size)

    indices = blend.sample_indices()

    assert sorted(indices.tolist()) == list(range(size))


@sparingly
@given(weights=weights, size=sizes, data=st.data())
def test_a_sample_is_found_where_it_stands(
    weights: list[float], size: int, data: st.DataObject
) -> None:
    blend = Blend.weighted(weights, size=size)
    position = data.draw(st.integers(0, size - 1))

    found = blend.position_of(int(blend.sample_indices()[position]))

    assert found == position


@sparingly
@given(weights=weights, size=sizes)
def test_the_samples_of_a_dataset_come_in_its_own_order(weights: list[float], size: int) -> None:
    blend = Blend.weighted(weights, size=size)

    steps = [
        np.diff(blend.sample_indices()[blend.dataset_numbers() == number])
        for number in range(len(weights))
    ]

    assert all((step == 1).all() for step in steps)


@sparingly
@given(taken=st.lists(st.integers(1, 60), min_size=1, max_size=9))
def test_whole_datasets_are_taken_to_their_last_sample(taken: list[int]) -> None:
    blend = Blend.of_sizes(taken, size=sum(taken))

    counts = blend.counts()

    assert counts == taken


@sparingly
@given(weights=weights, size=sizes)
def test_compiled_and_plain_blends_are_the_same(weights: list[float], size: int) -> None:
    shares = np.array(Blend.weighted(weights, size=size).shares)
    compiled, plain = np.empty(size, np.int16), np.empty(size, np.int16)

    fill_compiled(compiled, shares)
    fill_plainly(plain, shares)

    assert compiled.tolist() == plain.tolist()


def test_where_numba_does_not_run_the_blend_is_computed_plainly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blend_module, "backend_name", lambda: "numpy")

    chosen = blend_module._fill_dataset_numbers.__wrapped__()

    assert chosen is fill_plainly


def test_shares_are_divided_by_their_sum_twice() -> None:
    blend = Blend.weighted([0.8, 0.9, 0.2], size=1)

    shares = blend.shares

    assert shares == (0.4210526315789474, 0.4736842105263158, 0.10526315789473685)


def test_a_sample_of_a_blend_is_found_where_the_order_has_its_position() -> None:
    order = BlendedOrder(IN_ORDER, Blend.weighted([3, 1], size=20))

    found = [list(order.positions_of(sample, stop=20)) for sample in range(20)]

    out = np.empty(20, np.int64)
    order.fill(out, start=0)
    assert found == [[place] for place in np.argsort(out).tolist()]


def test_a_search_in_a_blend_looks_at_all_of_it() -> None:
    order = BlendedOrder(IN_ORDER, Blend.weighted([3, 1], size=20))

    work = order.search_work(stop=1)

    assert work > IN_ORDER.search_work(stop=1) + 20


def test_an_index_of_a_blend_is_looked_up_once_more() -> None:
    order = BlendedOrder(IN_ORDER, Blend.weighted([3, 1], size=20))

    work = order.work(Progression(0, 1, 7))

    assert work == IN_ORDER.work(Progression(0, 1, 7)) + 7

from collections.abc import Iterator
from itertools import count, islice

from hypothesis import given
from hypothesis import strategies as st

from app.sampling.order import DrawOrder, Identity, Order, PassOrder
from tests.sampling.orders import (
    LONGEST,
    draw_orders,
    filled,
    orders,
    parts,
    pass_orders,
    shuffled,
    stops,
)
from tests.sampling.strategies import MAX_SIZE, Slice, slices


def sample_by_sample(order: PassOrder) -> Iterator[int]:
    """The chain of whole passes, from the place where the epoch begins."""
    whole = (
        sample
        for ahead in count()
        for sample in filled(order.order_of(ahead), start=0, count=order.dataset_size)
    )
    return islice(whole, order.first_position, None)


@given(order=pass_orders())
def test_an_epoch_is_cut_out_of_a_chain_of_passes(order: PassOrder) -> None:
    expected = [*islice(sample_by_sample(order), LONGEST)]

    found = filled(order, start=0, count=LONGEST)

    assert found == expected


@given(order=pass_orders())
def test_every_whole_pass_within_an_epoch_holds_every_sample_once(order: PassOrder) -> None:
    start = order.dataset_size - order.first_position

    found = filled(order, start=start, count=2 * order.dataset_size)

    everything = [*range(order.dataset_size)]
    assert sorted(found[: order.dataset_size]) == everything
    assert sorted(found[order.dataset_size :]) == everything


@given(order=orders, part=parts)
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(order: Order, part: Slice) -> None:
    whole = filled(order, start=0, count=LONGEST)

    found = filled(order, start=part.start, stride=part.stride, count=part.count)

    assert found == [whole[position] for position in part.positions()]


@given(order=orders, stop=stops)
def test_the_positions_of_all_samples_are_exactly_the_inverse(order: Order, stop: int) -> None:
    whole = filled(order, start=0, count=stop)

    positions = {sample: [*order.positions_of(sample, stop=stop)] for sample in {*whole}}

    assert positions == {
        sample: [place for place, held in enumerate(whole) if held == sample] for sample in {*whole}
    }


@given(order=draw_orders())
def test_draws_repeat_from_the_first_on(order: DrawOrder) -> None:
    distinct = order.distinct_draws

    found = filled(order, start=0, count=3 * distinct)

    assert found == 3 * filled(order.draws, start=0, count=distinct)


def test_a_sample_of_one_long_pass_is_found_without_a_search() -> None:
    order = PassOrder(
        dataset_size=MAX_SIZE,
        first_position=0,
        order_of=shuffled(1, MAX_SIZE, fresh=True),
        table_size=0,
        fresh_order_per_pass=True,
    )

    (position,) = order.positions_of(MAX_SIZE - 1, stop=MAX_SIZE)

    assert filled(order, start=position, count=1) == [MAX_SIZE - 1]
    assert order.search_work(stop=MAX_SIZE) <= 2


@given(order=draw_orders(), stop=stops)
def test_every_draw_is_looked_at_to_find_a_sample(order: DrawOrder, stop: int) -> None:
    work = order.search_work(stop=stop)

    assert work >= stop


@given(data=st.data(), offset=st.integers(0, MAX_SIZE - 1))
def test_the_largest_positions_are_exact(data: st.DataObject, offset: int) -> None:
    order = PassOrder(
        dataset_size=MAX_SIZE,
        first_position=offset,
        order_of=lambda _: Identity(),
        table_size=0,
        fresh_order_per_pass=True,
    )
    part = data.draw(slices(limit=MAX_SIZE))

    found = filled(order, start=part.start, stride=part.stride, count=part.count)

    assert found == [(offset + position) % MAX_SIZE for position in part.positions()]


@given(sample_index=st.integers(0, MAX_SIZE - 1))
def test_without_shuffling_a_sample_stands_at_its_own_index(sample_index: int) -> None:
    order = Identity()

    assert order.position_of(sample_index) == sample_index
    assert filled(order, start=sample_index, count=1) == [sample_index]

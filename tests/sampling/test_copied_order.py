"""Every rank reads the whole inner order; a part of it is the part of the whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling.copied_order import CopiedOrder
from app.sampling.layout import Progression
from app.sampling.order import Identity, Order, PassOrder
from tests.sampling.orders import LONGEST, filled, orders, stops

copies = st.integers(1, 7)
few = settings(max_examples=25)
SAME = PassOrder(
    dataset_size=LONGEST,
    first_position=0,
    order_of=lambda _: Identity(),
    table_size=0,
    fresh_order_per_pass=False,
)


@few
@given(orders, copies, st.data())
def test_every_rank_reads_the_inner_order(inner: Order, ranks: int, data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, ranks - 1))

    read = filled(CopiedOrder(inner=inner, copies=ranks), start=rank, count=9, stride=ranks)

    assert read == filled(inner, start=0, count=9)


@few
@given(orders, copies, st.integers(0, 9), st.integers(0, 9), st.integers(1, 20))
def test_a_part_with_any_stride_is_cut_out_of_the_whole(
    inner: Order, ranks: int, start: int, count: int, stride: int
) -> None:
    order = CopiedOrder(inner=inner, copies=ranks)
    whole = filled(order, start=0, count=start + count * stride + 1)

    part = filled(order, start=start, count=count, stride=stride)

    assert part == whole[start::stride][:count]


@few
@given(orders, copies, stops, st.integers(0, LONGEST))
def test_a_sample_is_found_wherever_it_stands(
    inner: Order, ranks: int, stop: int, position: int
) -> None:
    order = CopiedOrder(inner=inner, copies=ranks)
    (sample_index,) = filled(order, start=position, count=1)

    found = [*order.positions_of(sample_index, stop=stop)]

    whole = filled(order, start=0, count=LONGEST)[:stop]
    assert found == [p for p, sample in enumerate(whole) if sample == sample_index]


@few
@given(orders, copies)
def test_work_is_at_least_that_of_reading_once(inner: Order, ranks: int) -> None:
    order, part = CopiedOrder(inner=inner, copies=ranks), Progression(0, 1, 12)

    work, search = order.work(part), order.search_work(stop=12 * ranks)

    assert work >= inner.work(part)
    assert search >= inner.search_work(stop=12)


def test_a_search_looks_through_the_inner_order_as_far_as_it_is_copied() -> None:
    order = CopiedOrder(inner=SAME, copies=4)

    found = [*order.positions_of(2, stop=10)], order.search_work(stop=10)

    assert found == ([8, 9], SAME.search_work(stop=3) + 4)

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.sampling import table_order
from app.sampling.layout import Progression
from app.sampling.memo import TableMemo
from app.sampling.table_order import TableOrder
from tests.sampling.orders import filled
from tests.strategies import sparingly

tables = st.lists(st.integers(-1, 9), min_size=1, max_size=20)
kinds = st.sampled_from([np.int64, np.int32])


def order_of(table: list[int], kind: type[Any] = np.int64) -> TableOrder:
    return TableOrder(
        key=("test", *table, kind),
        entries=len(table),
        make=lambda: np.array(table, dtype=kind),
    )


def repeated(table: list[int], count: int) -> list[int]:
    """The table, again and again from its head."""
    return [table[place % len(table)] for place in range(count)]


@given(
    table=tables,
    kind=kinds,
    start=st.integers(0, 50),
    stride=st.integers(1, 50),
    count=st.integers(0, 40),
)
def test_positions_repeat_the_table_from_its_head(
    table: list[int], kind: type[Any], start: int, stride: int, count: int
) -> None:
    out = filled(order_of(table, kind), start=start, stride=stride, count=count)

    assert out == repeated(table, start + stride * count)[start::stride][:count]


@given(table=tables, sample=st.integers(0, 9), stop=st.integers(0, 60))
def test_a_sample_is_found_wherever_it_stands(table: list[int], sample: int, stop: int) -> None:
    found = [*order_of(table).positions_of(sample, stop=stop)]

    held = repeated(table, stop)
    assert found == [place for place in range(stop) if held[place] == sample]


def test_a_table_is_computed_when_it_is_first_read_and_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_order, "TABLES", TableMemo(1_000))
    made: list[int] = []

    def make() -> NDArray[np.int64]:
        made.append(1)
        return np.arange(3)

    order = TableOrder(key=("computed once",), entries=3, make=make)
    before = len(made)

    first, again = filled(order, start=0, count=3), filled(order, start=1, count=1)

    assert (before, len(made)) == (0, 1)
    assert (first, again) == ([0, 1, 2], [1])


def test_nothing_is_computed_to_say_what_it_costs() -> None:
    def make() -> NDArray[np.int64]:
        raise AssertionError

    order = TableOrder(key=("never computed",), entries=10**9, make=make)

    assert order.work(Progression(0, 1, 10**6)) == 10**6
    assert order.search_work(stop=10**9) >= 10**9


@sparingly
@given(
    entries=st.integers(1, 50),
    count=st.integers(0, 200),
    stride=st.integers(1, 99),
    block=st.integers(1, 9),
)
def test_a_longer_part_never_costs_less(entries: int, count: int, stride: int, block: int) -> None:
    order = order_of([*range(entries)])
    part = Progression(0, block + stride, count + 1, block)

    shorter, longer = order.work(part.part(0, count)), order.work(part)

    assert 0 <= shorter < longer


def test_going_back_to_the_head_for_every_entry_is_dearer_than_reading_on() -> None:
    order = order_of([*range(1_000)])

    reading_on, going_back = (order.work(Progression(0, stride, 1_000)) for stride in (1, 1_000))

    assert going_back > 10 * reading_on

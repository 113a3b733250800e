from dataclasses import dataclass, field

import pytest
from hypothesis import given

from app.sampling.draws import Draws
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression
from app.sampling.order import Bijection, DrawOrder, Identity, PassOrder
from tests.sampling.orders import filled, parts, pass_orders, shuffled, stops
from tests.sampling.strategies import Slice


@dataclass
class Logged:
    """A bijection that notes how often its pass was asked for."""

    inner: Bijection
    filled: list[int] = field(default_factory=list)

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        self.filled.append(len(out))
        self.inner.fill(out, start=start, stride=stride)

    def position_of(self, sample_index: int) -> int:
        return self.inner.position_of(sample_index)


@given(order=pass_orders(), part=parts)
def test_the_work_of_a_part_covers_what_is_computed(order: PassOrder, part: Slice) -> None:
    asked: dict[int, Logged] = {}
    logging = PassOrder(
        dataset_size=order.dataset_size,
        first_position=order.first_position,
        order_of=lambda ahead: asked.setdefault(ahead, Logged(order.order_of(ahead))),
        table_size=order.table_size,
        fresh_order_per_pass=order.fresh_order_per_pass,
    )

    filled(logging, start=part.start, stride=part.stride, count=part.count)

    tables = len(asked) if order.fresh_order_per_pass else min(1, len(asked))
    indices = sum(sum(logged.filled) for logged in asked.values())
    work = order.work(Progression(part.start, part.stride, part.count))
    assert work >= indices + tables * order.table_size


@given(order=pass_orders(), stop=stops)
def test_the_work_of_a_search_covers_every_pass_that_is_asked(order: PassOrder, stop: int) -> None:
    asked: list[int] = []

    def order_of(ahead: int) -> Bijection:
        asked.append(ahead)
        return order.order_of(ahead)

    searched = PassOrder(
        dataset_size=order.dataset_size,
        first_position=order.first_position,
        order_of=order_of,
        table_size=order.table_size,
        fresh_order_per_pass=order.fresh_order_per_pass,
    )

    found = [*searched.positions_of(0, stop=stop)]

    assert order.search_work(stop=stop) >= len(asked) * order.table_size + len(found)


@pytest.mark.parametrize("fresh", [False, True])
def test_many_short_passes_are_more_work_than_their_indices(fresh: bool) -> None:
    order = PassOrder(
        dataset_size=1,
        first_position=0,
        order_of=shuffled(1, 1, fresh=fresh),
        table_size=1,
        fresh_order_per_pass=fresh,
    )

    work = order.work(Progression(0, 1, 10**6))

    assert work > 100 * 10**6


def test_a_slice_of_one_long_pass_is_hardly_more_work_than_its_indices() -> None:
    order = PassOrder(
        dataset_size=10**12,
        first_position=5,
        order_of=lambda _: Identity(),
        table_size=0,
        fresh_order_per_pass=True,
    )

    work = order.work(Progression(10**11, 64, 10**6))

    assert work == 10**6


def test_an_order_for_all_passes_is_searched_once() -> None:
    asked: list[int] = []

    def order_of(ahead: int) -> Bijection:
        asked.append(ahead)
        return Identity()

    order = PassOrder(
        dataset_size=5,
        first_position=3,
        order_of=order_of,
        table_size=5,
        fresh_order_per_pass=False,
    )

    positions = [*order.positions_of(4, stop=500)]

    assert positions == [*range(1, 500, 5)]
    assert asked == [0]


def test_draws_that_repeat_often_are_more_work_than_their_indices() -> None:
    draws = Draws.keyed(seed=0, number=0, dataset_size=1)
    order = DrawOrder(draws=draws, distinct_draws=1)

    work = order.work(Progression(0, 1, 10**6))

    assert work > 100 * 10**6


def test_an_epoch_of_draws_is_as_much_work_as_its_draws() -> None:
    draws = Draws.keyed(seed=0, number=0, dataset_size=10**9)
    order = DrawOrder(draws=draws, distinct_draws=10**9)

    work = order.work(Progression(0, 1, 10**9))

    assert work == order.search_work(stop=10**9) == 10**9

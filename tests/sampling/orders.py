"""Orders of epochs that the laws are tried on."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from app.sampling.draws import Draws
from app.sampling.keys import Purpose
from app.sampling.order import Bijection, DrawOrder, Identity, IndexSource, Order, PassOrder
from app.sampling.permutation import Permutation
from tests.sampling.strategies import seeds, slices

OrderOf = Callable[[int], Bijection]
LONGEST = 60


def shuffled(seed: int, size: int, *, fresh: bool) -> OrderOf:
    def order_of(ahead: int) -> Bijection:
        number = ahead if fresh else 0
        return Permutation.keyed(Purpose.SHUFFLE, seed=seed, number=number, dataset_size=size)

    return order_of


@st.composite
def pass_orders(draw: st.DrawFn) -> PassOrder:
    """Epochs that begin anywhere in a pass, with one order for all passes or one for each."""
    size, fresh = draw(st.integers(1, 25)), draw(st.booleans())
    order_of = shuffled(draw(seeds), size, fresh=fresh)
    return PassOrder(
        dataset_size=size,
        first_position=draw(st.integers(0, size - 1)),
        order_of=draw(st.sampled_from([order_of, lambda _: Identity()])),
        table_size=size,
        fresh_order_per_pass=fresh,
    )


@st.composite
def draw_orders(draw: st.DrawFn) -> DrawOrder:
    draws = Draws.keyed(seed=draw(seeds), number=3, dataset_size=draw(st.integers(1, 9)))
    return DrawOrder(draws=draws, distinct_draws=draw(st.integers(1, 2 * LONGEST)))


orders: st.SearchStrategy[Order] = pass_orders() | draw_orders()
parts = slices(limit=LONGEST)
stops = st.integers(0, LONGEST)


def filled(order: IndexSource, *, start: int, count: int, stride: int = 1) -> list[int]:
    out = np.empty(count, np.int64)
    order.fill(out, start=start, stride=stride)
    sample_indices: list[int] = out.tolist()
    return sample_indices

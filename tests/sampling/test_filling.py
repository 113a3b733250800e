import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.filling import filled
from app.sampling.layout import Progression
from app.sampling.order import Identity, Order
from tests.sampling import orders


@st.composite
def progressions(draw: st.DrawFn) -> Progression:
    """Parts of small epochs: more blocks than a block has positions, and fewer."""
    block = draw(st.integers(1, 5))
    return Progression(
        start=draw(st.integers(0, 5)),
        stride=block + draw(st.integers(0, 3)),
        count=draw(st.integers(0, 30)),
        block=block,
        skipped=draw(st.integers(0, block - 1)),
    )


@given(order=orders.orders, part=progressions())
def test_a_part_is_filled_with_what_stands_at_its_positions(
    order: Order, part: Progression
) -> None:
    out = filled(order, part)

    one_by_one = [orders.filled(order, start=place, count=1) for place in part.positions()]
    assert out.dtype == np.int64
    assert out.tolist() == [sample for each in one_by_one for sample in each]


@pytest.mark.parametrize(("block", "count"), [(1_000, 5_000), (5, 5_000), (1, 5_000)])
def test_long_blocks_and_many_blocks_are_listed_alike(block: int, count: int) -> None:
    part = Progression(start=7, stride=block + 3, count=count, block=block, skipped=block // 2)

    out = filled(Identity(), part)

    assert out.tolist() == [*part.positions()]


@pytest.mark.parametrize("start", [0, 2**63])
def test_an_empty_part_is_filled_with_nothing(start: int) -> None:
    out = filled(Identity(), Progression(start, 4, 0, block=3, skipped=1))

    assert out.shape == (0,)

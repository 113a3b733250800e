import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.sampling.computed_order import ComputedOrder
from app.sampling.layout import Progression

BLANK = 2**64 - 1


class Sevens(ComputedOrder):
    """Every position holds its number modulo 1,000, and every seventh none."""

    def samples(self, positions: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return np.where(positions % 7 == 0, np.uint64(BLANK), positions % np.uint64(1_000))


@given(st.integers(0, 2**40), st.integers(1, 10), st.integers(0, 10_000))
def test_a_buffer_of_any_length_holds_what_stands_at_every_position(
    start: int, stride: int, count: int
) -> None:
    out = np.empty(count, np.int64)
    Sevens().fill(out, start=start, stride=stride)
    positions = range(start, start + count * stride, stride)
    assert out.tolist() == [-1 if at % 7 == 0 else at % 1_000 for at in positions]


def test_a_sample_is_found_wherever_it_stands_and_no_further_than_asked() -> None:
    # 5,999 is a place without a sample
    found = [*Sevens().positions_of(999, stop=9_999)]
    assert found == [999, 1_999, 2_999, 3_999, 4_999, 6_999, 7_999, 8_999]
    assert [*Sevens().positions_of(999, stop=10_000)] == [*found, 9_999]


def test_work_is_announced_for_what_is_asked() -> None:
    assert Sevens().work(Progression(start=5, stride=3, count=1_000)) == 1_000
    assert Sevens().search_work(stop=12_345) == 12_345

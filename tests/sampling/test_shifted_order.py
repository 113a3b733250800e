import numpy as np
import pytest

from app.sampling.layout import Progression
from app.sampling.shifted_order import ShiftedOrder
from app.sampling.table_order import TableOrder

INNER = TableOrder(key=("shifted",), entries=6, make=lambda: np.array([4, 1, 4, 0, 4, 2], np.int64))
SHIFTED = ShiftedOrder(inner=INNER, first=2)


def test_it_reads_what_stands_so_many_positions_later() -> None:
    out = np.empty(2, np.int64)

    SHIFTED.fill(out, start=0, stride=3)

    assert out.tolist() == [4, 2]


@pytest.mark.parametrize(("stop", "positions"), [(1, [0]), (3, [0, 2]), (0, [])])
def test_a_sample_that_stands_before_the_first_position_is_not_found(
    stop: int, positions: list[int]
) -> None:
    found = [*SHIFTED.positions_of(4, stop=stop)]

    assert found == positions


def test_its_work_is_that_of_the_whole_order() -> None:
    part = Progression(0, 1, 3)

    assert SHIFTED.work(part) == INNER.work(part)
    assert SHIFTED.search_work(stop=3) == INNER.search_work(stop=5)

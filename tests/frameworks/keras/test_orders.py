import pytest

from tests.frameworks.asking import lists_of
from tests.frameworks.keras_fits import FIT, ITEMS

LARGER_THAN_ANY_ARRAY = 2**62


def test_an_item_may_be_larger_than_any_array() -> None:
    plan = FIT.plan({"micro_batch_size": LARGER_THAN_ANY_ARRAY}, **ITEMS)

    lists = lists_of(plan)

    assert lists == [[[*range(20)]]]


@pytest.mark.parametrize("ranks", [1, 4])
def test_a_batch_may_be_larger_than_any_array(ranks: int) -> None:
    plan = FIT.plan(
        {"micro_batch_size": LARGER_THAN_ANY_ARRAY // ranks, "data_parallel_size": ranks}
    )

    lists = lists_of(plan)

    assert sorted(sample for rank in lists for each in rank for sample in each) == [*range(20)]

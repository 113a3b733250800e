import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.rank_ranges import RankRanges
from tests.strategies import sparingly

all_ranges = st.integers(1, 20).flatmap(
    lambda ranks: st.builds(
        RankRanges,
        dataset_size=st.integers(ranks, 90),
        ranks=st.just(ranks),
        even=st.booleans(),
    )
)


@pytest.mark.parametrize(
    ("size", "ranks", "even", "expected"),
    [
        (9, 1, True, [(0, 9)]),
        (9, 2, True, [(0, 4), (4, 8)]),
        (9, 3, True, [(0, 3), (3, 6), (6, 9)]),
        (9, 2, False, [(0, 5), (5, 9)]),
        (8, 3, False, [(0, 3), (3, 6), (6, 8)]),
    ],
)
def test_ranges_are_those_that_grain_publishes(
    size: int, ranks: int, even: bool, expected: list[tuple[int, int]]
) -> None:
    ranges = RankRanges(dataset_size=size, ranks=ranks, even=even)

    found = [ranges.range_of(rank) for rank in range(ranks)]

    assert found == [range(*bounds) for bounds in expected]


@sparingly
@given(ranges=all_ranges)
def test_ranges_follow_one_another_without_a_gap(ranges: RankRanges) -> None:
    found = [each for rank in range(ranges.ranks) for each in ranges.range_of(rank)]

    assert found == [*range(ranges.samples)]


@sparingly
@given(ranges=all_ranges)
def test_a_sample_belongs_to_the_rank_whose_range_holds_it(ranges: RankRanges) -> None:
    owners = [rank for rank in range(ranges.ranks) for _ in ranges.range_of(rank)]
    left_over = [ranges.ranks] * (ranges.dataset_size - ranges.samples)

    found = [ranges.rank_of(sample_index) for sample_index in range(ranges.dataset_size)]

    assert found[: ranges.samples] == owners
    assert all(rank >= ranges.ranks for rank in found[ranges.samples :])
    assert len(left_over) < ranges.ranks


@sparingly
@given(ranges=all_ranges)
def test_many_ranks_are_told_at_once(ranges: RankRanges) -> None:
    ranks = np.arange(ranges.ranks, dtype=np.int64)

    sizes, starts = ranges.sizes(ranks), ranges.starts(ranks)

    expected = [ranges.range_of(rank) for rank in range(ranges.ranks)]
    assert sizes.tolist() == [len(each) for each in expected]
    assert starts.tolist() == [each.start for each in expected]

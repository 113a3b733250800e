from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.frameworks.megatron.coverage import cyclic_coverage
from app.sampling.cyclic_shuffle import CyclicShuffle
from tests.strategies import sparingly

DEALT = CyclicShuffle(dataset_size=14, micro_batch_size=2, data_parallel_size=4, sharded=False)
"""Two of four ranks read both of their micro-batches of a pass, 12 of 14 samples in all."""


@pytest.mark.parametrize(
    ("size", "total", "missed"),
    [
        (14, 16, (2 / 14) * (10 / 14)),
        (14, 24, (2 / 14) * (10 / 14) * (6 / 14)),
        (22, 32, (2 / 22) * (10 / 22)),
        (22, 40, (2 / 22) * (6 / 22) * (18 / 22)),
        (12, 16, (4 / 12) * (4 / 12)),
    ],
)
def test_a_sample_is_missed_by_every_shuffle_on_its_own(
    size: int, total: int, missed: float
) -> None:
    coverage = cyclic_coverage(replace(DEALT, dataset_size=size), total)

    assert coverage.distinct_samples == pytest.approx(size * (1 - missed), rel=1e-11)
    assert not coverage.exact


def test_micro_batches_of_one_sample_leave_out_none_in_the_end() -> None:
    shuffle = CyclicShuffle(dataset_size=7, micro_batch_size=1, data_parallel_size=4, sharded=False)

    covered = [cyclic_coverage(shuffle, total).distinct_samples for total in (4, 8)]

    assert covered == [4, 7]
    assert cyclic_coverage(shuffle, 8).exact


@sparingly
@given(size=st.integers(8, 60), sharded=st.booleans(), rows=st.integers(1, 30))
def test_a_longer_run_never_covers_less(size: int, sharded: bool, rows: int) -> None:
    shuffle = replace(DEALT, dataset_size=size, sharded=sharded)

    covered = [cyclic_coverage(shuffle, 8 * each).distinct_samples for each in (rows, rows + 1)]

    assert covered[0] <= covered[1] <= size

"""Lists are those of MegatronPretrainingRandomSampler, Megatron-LM core_v0.16.1."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.cyclic_shuffle import CyclicOrder, CyclicShuffle
from app.sampling.layout import Progression
from tests.strategies import sparingly

SHARDED = CyclicShuffle(dataset_size=16, micro_batch_size=2, data_parallel_size=2, sharded=True)
DEALT = replace(SHARDED, sharded=False)
UNEVEN = CyclicShuffle(dataset_size=14, micro_batch_size=2, data_parallel_size=4, sharded=False)
LONGER_UNEVEN = replace(UNEVEN, dataset_size=22)


@st.composite
def shuffles(draw: st.DrawFn) -> CyclicShuffle:
    micro_batch_size, ranks = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    row = micro_batch_size * ranks
    return CyclicShuffle(
        dataset_size=draw(st.integers(row, 5 * row)),
        micro_batch_size=micro_batch_size,
        data_parallel_size=ranks,
        sharded=draw(st.booleans()),
    )


def read(order: CyclicOrder, count: int, *, start: int = 0, stride: int = 1) -> list[int]:
    out = np.empty(count, np.int64)
    order.fill(out, start=start, stride=stride)
    return list(map(int, out))


@pytest.mark.parametrize(
    ("shuffle", "number", "samples"),
    [
        (SHARDED, 0, [4, 0, 12, 8, 7, 3, 15, 11, 2, 5, 10, 13, 1, 6, 9, 14]),
        (SHARDED, 1, [5, 4, 13, 12, 2, 6, 10, 14, 7, 3, 15, 11, 1, 0, 9, 8]),
        (DEALT, 0, [12, 10, 9, 6, 11, 8, 13, 5, 2, 14, 15, 0, 4, 3, 7, 1]),
        (
            replace(DEALT, dataset_size=18),
            0,
            [8, 4, 7, 3, 5, 9, 13, 2, 15, 1, 0, 11, 12, 17, 16, 6],
        ),
    ],
)
def test_a_pass_is_read_row_by_row(shuffle: CyclicShuffle, number: int, samples: list[int]) -> None:
    order = CyclicOrder(shuffle, number * shuffle.pass_samples)

    read_samples = read(order, shuffle.pass_samples)

    assert read_samples == samples


@pytest.mark.parametrize(
    ("shuffle", "rank", "rows"),
    [
        (UNEVEN, 0, [4, 2, 1, 8, 2, 12, 1, 3, 10, 13]),
        (UNEVEN, 2, [7, 9, 2, 9]),
        (LONGER_UNEVEN, 0, [10, 11, 19, 18, 6, 12, 15, 10]),
        (LONGER_UNEVEN, 3, [3, 20, 0, 8, 0, 1, 5, 20]),
    ],
)
def test_a_rank_with_a_longer_pass_reads_its_end_in_the_next_one(
    shuffle: CyclicShuffle, rank: int, rows: list[int]
) -> None:
    order = CyclicOrder(shuffle, 0)

    samples = read(order, len(rows), start=rank, stride=4)

    assert samples == rows


@sparingly
@given(shuffle=shuffles(), number=st.integers(0, 3) | st.integers(0, 2**62))
def test_a_pass_takes_no_sample_twice_where_the_ranks_are_even(
    shuffle: CyclicShuffle, number: int
) -> None:
    out = np.empty(shuffle.pass_samples, np.int64)

    shuffle.fill(out, number=number, start=0)

    assert shuffle.late_ranks or len(set(out.tolist())) == shuffle.pass_samples


@sparingly
@given(shuffle=shuffles().map(lambda each: replace(each, sharded=True)))
def test_with_sharding_a_rank_reads_its_own_samples(shuffle: CyclicShuffle) -> None:
    out = np.empty(shuffle.pass_samples, np.int64)

    shuffle.fill(out, number=0, start=0)

    blocks = out.reshape(-1, shuffle.data_parallel_size, shuffle.micro_batch_size)
    own = [sorted(blocks[:, rank].ravel()) for rank in range(shuffle.data_parallel_size)]
    assert np.concatenate(own).tolist() == list(range(shuffle.pass_samples))


@sparingly
@given(shuffle=shuffles(), first=st.integers(0, 200), data=st.data())
def test_a_part_of_an_epoch_is_the_part_of_the_whole(
    shuffle: CyclicShuffle, first: int, data: st.DataObject
) -> None:
    order = CyclicOrder(shuffle, first)
    start, stride = data.draw(st.integers(0, 30)), data.draw(st.integers(1, 30))

    samples = read(order, 5, start=start, stride=stride)

    assert samples == read(order, start + 5 * stride)[start::stride][:5]


@sparingly
@given(shuffle=shuffles(), first=st.integers(0, 200), data=st.data())
def test_a_sample_is_found_wherever_it_stands(
    shuffle: CyclicShuffle, first: int, data: st.DataObject
) -> None:
    order = CyclicOrder(shuffle, first)
    sample = data.draw(st.integers(0, shuffle.dataset_size - 1))

    found = list(order.positions_of(sample, stop=70))

    assert found == [place for place, each in enumerate(read(order, 70)) if each == sample]


@pytest.mark.parametrize("shuffle", [UNEVEN, LONGER_UNEVEN, replace(SHARDED, dataset_size=18)])
def test_every_sample_is_found_wherever_it_stands(shuffle: CyclicShuffle) -> None:
    order = CyclicOrder(shuffle, 3)
    samples = range(shuffle.dataset_size)

    found = [list(order.positions_of(sample, stop=70)) for sample in samples]

    whole = read(order, 70)
    assert found == [[p for p in range(70) if whole[p] == sample] for sample in samples]


def test_a_pass_between_others_is_shuffled_as_it_is_reached() -> None:
    order = CyclicOrder(SHARDED, 4)

    work = [order.work(Progression(0, 16, count)) for count in (1, 2, 3, 4)]

    assert work[1] - work[0] == 1
    assert work[3] - work[2] > SHARDED.table_size


def test_a_search_is_work_for_every_pass() -> None:
    order = CyclicOrder(DEALT, 4)

    work = [order.search_work(stop=stop) for stop in (1, 12, 13, 100)]

    assert work[0] == work[1] < work[2] < work[3]

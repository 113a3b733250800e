from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling import (
    index_shuffle,
    index_shuffle_kernels,
    index_shuffle_numpy,
)
from app.sampling.index_shuffle import LEAST_DOMAIN, TABLE_LIMIT, IndexShuffle, ShuffleIndices
from app.sampling.seed_seq import four_seed_words
from tests.sampling.orders import filled
from tests.strategies import sparingly

PROVIDERS: list[ShuffleIndices] = [
    index_shuffle_kernels.shuffle_indices,
    index_shuffle_numpy.shuffle_indices,
]
COMPILED, PLAIN = PROVIDERS
by_every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=["numba", "numpy"])
DEFECTIVE = [4**8 + 1, 4**9 + 1, 4**16 + 1, 4**25 + 2, 4**31 + 1]

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 62).flatmap(lambda bits: st.integers(2 ** (bits - 1), 2**bits))
large_sizes = st.integers(15, 62).flatmap(lambda bits: st.integers(2 ** (bits - 1) + 1, 2**bits))
edges = st.sampled_from([1, 2, TABLE_LIMIT, TABLE_LIMIT + 1, 2**16, 2**63 - 1, *DEFECTIVE])

RECORDED = [
    (1, 5, {0: 0}),
    (2, 0, {0: 0, 1: 1}),
    (10, 42, {0: 8, 1: 6, 5: 5, 8: 4, 9: 3}),
    (16_384, 2**32 - 1, {0: 10_120, 1: 8793, 8192: 909, 16_383: 3557}),
    (16_385, 3, {0: 4875, 1: 7440, 8192: 592, 16_384: 9485}),
    (65_536, 7, {0: 8812, 1: 17_398, 32_768: 44_753, 65_535: 20_879}),
    (65_537, 7, {0: 8812, 1: 17_398, 65_535: 20_879, 65_536: 8812}),
    (1_000_000, 27, {0: 292_113, 500_000: 445_448, 999_999: 709_987}),
    (2**32 + 1, 9, {0: 819_913_837, 2**31: 2_983_518_421, 2**32: 819_913_837}),
    (2**50 + 2, 1, {1: 768_026_935_575_568, 2**50 + 1: 768_026_935_575_568}),
    (10**15, 123_456_789, {0: 657_024_050_635_647, 10**15 - 1: 508_290_174_877_622}),
    (2**63 - 1, 0, {0: 2_809_532_502_693_457_441, 2**63 - 2: 3_397_720_335_559_122_344}),
]
"""Size, seed, and the samples at some positions, of `index_shuffle` of grain 0.2.18, 4 rounds."""


def computed(provider: ShuffleIndices, shuffle: IndexShuffle, positions: list[int]) -> list[int]:
    indices = np.array(positions, np.int64)
    provider(indices, shuffle.size, shuffle.word_bits, four_seed_words(shuffle.seed))
    found: list[int] = indices.tolist()
    return found


@by_every_provider
@pytest.mark.parametrize(("size", "seed", "samples"), RECORDED)
def test_every_provider_computes_what_grain_computes(
    provider: ShuffleIndices, size: int, seed: int, samples: dict[int, int]
) -> None:
    found = computed(provider, IndexShuffle(size=size, seed=seed), [*samples])

    assert found == [*samples.values()]


@sparingly
@given(data=st.data(), size=sizes | edges, seed=seeds)
def test_the_providers_agree(data: st.DataObject, size: int, seed: int) -> None:
    positions = data.draw(st.lists(st.integers(0, size - 1), max_size=20))
    shuffle = IndexShuffle(size=size, seed=seed)

    found = computed(COMPILED, shuffle, positions)

    assert found == computed(PLAIN, shuffle, positions)


@by_every_provider
def test_blocks_of_any_number_of_indices_are_computed(provider: ShuffleIndices) -> None:
    shuffle = IndexShuffle(size=70_000, seed=1)

    found = computed(provider, shuffle, [*range(20_000)])

    assert found[::101] == [shuffle.sample_at(position) for position in range(0, 20_000, 101)]


@pytest.mark.parametrize(("size", "seed"), [(46_205, 52), (1, 0), (2, 3), (1000, 8), (2**16, 1)])
def test_a_pass_visits_every_sample_once(size: int, seed: int) -> None:
    found = filled(IndexShuffle(size=size, seed=seed), start=0, count=size)

    assert sorted(found) == [*range(size)]


def test_ten_thousand_positions_of_a_huge_dataset_hold_different_samples() -> None:
    found = filled(IndexShuffle(size=1_234_567_892, seed=27), start=0, count=10_000)

    assert len(set(found)) == 10_000


@pytest.mark.parametrize("size", [4**8 + 1, 4**9 + 1])
def test_the_defect_leaves_out_the_last_sample_and_visits_another_one_twice(size: int) -> None:
    found = filled(IndexShuffle(size=size, seed=7), start=0, count=size)

    assert sorted({*range(size)} - {*found}) == [size - 1]
    assert found[0] == found[-1]


@pytest.mark.parametrize("size", DEFECTIVE)
def test_samples_that_are_not_reached_stand_at_no_position(size: int) -> None:
    shuffle = IndexShuffle(size=size, seed=3)

    found = [shuffle.positions_of(sample_index) for sample_index in shuffle.unreached]

    assert found
    assert set(found) == {()}


@pytest.mark.parametrize("size", [1, 10, 4**8 - 1, 4**8, 4**8 + 2, 2**17 + 1, 4**9, 2**63 - 1])
def test_other_sizes_have_no_defect(size: int) -> None:
    assert len(IndexShuffle(size=size, seed=3).unreached) == 0


@sparingly
@given(data=st.data(), size=sizes | edges, seed=seeds)
def test_a_sample_is_found_where_it_stands(data: st.DataObject, size: int, seed: int) -> None:
    shuffle = IndexShuffle(size=size, seed=seed)
    position = data.draw(st.sampled_from([0, size - 1]) | st.integers(0, size - 1))
    (sample_index,) = filled(shuffle, start=position, count=1)

    found = shuffle.positions_of(sample_index)

    assert position in found
    assert [filled(shuffle, start=each, count=1) for each in found] == [[sample_index]] * len(found)


@sparingly
@given(data=st.data(), size=large_sizes, seed=seeds)
def test_a_single_sample_needs_no_compiled_code(data: st.DataObject, size: int, seed: int) -> None:
    position = data.draw(st.integers(0, size - 1))

    found = IndexShuffle(size=size, seed=seed).sample_at(position)

    assert [found] == computed(COMPILED, IndexShuffle(size=size, seed=seed), [position])


@pytest.mark.parametrize("size", [TABLE_LIMIT, TABLE_LIMIT + 1])
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(size: int) -> None:
    shuffle = IndexShuffle(size=size, seed=5)
    whole = filled(shuffle, start=0, count=size)

    part = filled(shuffle, start=11, count=900, stride=13)

    assert part == whole[11 : 11 + 900 * 13 : 13]


@pytest.mark.parametrize(
    ("size", "count", "work"),
    [
        (10, 10, LEAST_DOMAIN + 10),
        (TABLE_LIMIT, 1, LEAST_DOMAIN + 1),
        (TABLE_LIMIT + 1, 1000, 4000),
        (2**16, 1000, 1000),
        (4**8 + 1, 1000, 1000),
        (2**17, 1000, 2000),
    ],
)
def test_the_work_is_known_before_it_starts(size: int, count: int, work: int) -> None:
    assert IndexShuffle(size=size, seed=0).work(count) == pytest.approx(work, rel=0.001)


@pytest.mark.parametrize(
    ("backend", "provider"), [("numba", COMPILED), ("numpy", PLAIN)], ids=["compiled", "plain"]
)
def test_the_provider_is_that_of_the_backend(
    monkeypatch: pytest.MonkeyPatch, backend: str, provider: ShuffleIndices
) -> None:
    choose: Callable[[], ShuffleIndices] = index_shuffle._shuffle_indices.__wrapped__
    monkeypatch.setattr(index_shuffle, "backend_name", lambda: backend)

    assert choose() is provider


@pytest.mark.parametrize(
    ("size", "seed", "sample_index", "positions"),
    [
        (1_000_000, 27, 709_987, (999_999,)),
        (65_537, 7, 8812, (0, 65_536)),
        (2**63 - 1, 0, 3_397_720_335_559_122_344, (2**63 - 2,)),
    ],
)
def test_a_sample_of_a_large_range_is_found_where_it_stands(
    size: int, seed: int, sample_index: int, positions: tuple[int, ...]
) -> None:
    found = IndexShuffle(size=size, seed=seed).positions_of(sample_index)

    assert found == positions

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.backend import backend
from app.sampling.draws import SCAN_BLOCK, Draws
from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET
from tests.sampling import reference
from tests.sampling.strategies import edge_sizes, numbers, seeds, sizes, slices

REJECTS_A_QUARTER = 2**62 + 1
NUMBER_OF_DRAWS = 2**63


def filled(draws: Draws, *, start: int, count: int, stride: int = 1) -> list[int]:
    out = np.empty(count, np.int64)
    draws.fill(out, start=start, stride=stride)
    sample_indices: list[int] = out.tolist()
    return sample_indices


def test_version_1_never_changes(kernels: KernelSet) -> None:
    draws = Draws.keyed(seed=1, number=2, dataset_size=10**12, kernels=kernels)

    found = [filled(draws, start=number, count=1)[0] for number in (0, 1, 2, 10**9)]

    assert found == [734239305202, 10319711533, 192039246760, 275070288186]


@given(data=st.data(), seed=seeds, number=numbers, size=sizes | edge_sizes)
def test_a_draw_is_that_of_the_document(
    kernels: KernelSet, data: st.DataObject, seed: int, number: int, size: int
) -> None:
    part = data.draw(slices(limit=NUMBER_OF_DRAWS))
    draws = Draws.keyed(seed=seed, number=number, dataset_size=size, kernels=kernels)

    found = filled(draws, start=part.start, stride=part.stride, count=part.count)

    assert found == [reference.draw(seed, number, size, i) for i in part.positions()]


@pytest.mark.parametrize("size", [3, 10**6, 2**32])
def test_draws_that_fit_can_be_written_narrow(kernels: KernelSet, size: int) -> None:
    draws = Draws.keyed(seed=1, number=2, dataset_size=size, kernels=kernels)
    wide, narrow = np.empty(5_000, np.int64), np.empty(5_000, np.uint32)
    draws.fill(wide, start=10**12, stride=7)

    draws.fill(narrow, start=10**12, stride=7)

    assert narrow.tolist() == wide.tolist()


@given(seed=seeds, number=numbers)
def test_a_draw_that_is_rejected_is_drawn_again(kernels: KernelSet, seed: int, number: int) -> None:
    size = REJECTS_A_QUARTER
    draws = Draws.keyed(seed=seed, number=number, dataset_size=size, kernels=kernels)

    found = filled(draws, start=0, count=64)

    assert found == [reference.draw(seed, number, size, i) for i in range(64)]


def test_there_is_a_size_that_rejects_a_quarter_of_the_draws() -> None:
    words = reference.words("epochplan.draw.1", 0, 0, REJECTS_A_QUARTER)
    numbers_drawn = [
        reference.finalised(
            (reference.long_word(words, 0) + i * reference.GOLDEN_RATIO) % 2**64,
            reference.long_word(words, 2),
        )
        for i in range(1000)
    ]

    rejected = [
        x for x in numbers_drawn if x * REJECTS_A_QUARTER % 2**64 < 2**64 % REJECTS_A_QUARTER
    ]

    assert len(rejected) == pytest.approx(250, abs=60)


@given(data=st.data(), seed=seeds, size=sizes | edge_sizes)
def test_blocks_of_any_size_hold_the_same_draws_with_either_kernels(
    data: st.DataObject, seed: int, size: int
) -> None:
    part = data.draw(slices(limit=NUMBER_OF_DRAWS, most=10_000))
    compiled, plain = (
        Draws.keyed(seed=seed, number=0, dataset_size=size, kernels=kernels)
        for kernels in (backend().kernels, NUMPY_SET)
    )

    found = filled(compiled, start=part.start, stride=part.stride, count=part.count)

    assert found == filled(plain, start=part.start, stride=part.stride, count=part.count)


@pytest.mark.parametrize("size", [10, 1000, 2**40 + 7, REJECTS_A_QUARTER])
def test_draws_are_uniform(kernels: KernelSet, size: int) -> None:
    bins = min(size, 100)
    drawn = filled(
        Draws.keyed(seed=1, number=1, dataset_size=size, kernels=kernels), start=0, count=200_000
    )

    observed = np.bincount([sample_index * bins // size for sample_index in drawn], minlength=bins)

    deviations = (observed - 200_000 / bins) / np.sqrt(200_000 / bins * (1 - 1 / bins))
    assert np.abs(deviations).max() < 4


def test_a_draw_says_nothing_about_the_next() -> None:
    drawn = np.array(filled(Draws.keyed(seed=2, number=0, dataset_size=10), start=0, count=400_001))

    observed = np.bincount(drawn[:-1] * 10 + drawn[1:], minlength=100)

    deviations = (observed - 4000) / np.sqrt(4000 * 0.99)
    assert np.abs(deviations).max() < 4


@given(
    seed=seeds,
    size=st.integers(1, 20),
    start=st.integers(0, 2**62),
    count=st.integers(0, 500),
)
def test_a_sample_is_found_wherever_it_was_drawn(
    seed: int, size: int, start: int, count: int
) -> None:
    draws = Draws.keyed(seed=seed, number=0, dataset_size=size)

    found = draws.positions_of(0, start=start, stop=start + count)

    drawn = enumerate(filled(draws, start=start, count=count), start)
    assert found.tolist() == [number for number, sample_index in drawn if sample_index == 0]


def test_a_scan_runs_on_from_block_to_block() -> None:
    draws = Draws.keyed(seed=3, number=0, dataset_size=2)
    count = 2 * SCAN_BLOCK + 5

    found = draws.positions_of(1, start=7, stop=7 + count)

    expected = 7 + np.flatnonzero(np.array(filled(draws, start=7, count=count)) == 1)
    assert np.array_equal(found, expected)


def test_a_sample_that_was_not_drawn_is_found_nowhere() -> None:
    draws = Draws.keyed(seed=3, number=0, dataset_size=2**60)

    assert draws.positions_of(0, start=0, stop=SCAN_BLOCK + 1).size == 0

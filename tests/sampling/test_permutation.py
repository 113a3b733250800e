import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet
from app.sampling.keys import Purpose
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.permutation import Permutation
from tests.sampling import reference
from tests.sampling.strategies import (
    MAX_SIZE,
    edge_sizes,
    large_sizes,
    numbers,
    seeds,
    sizes,
    slices,
)

purposes = st.sampled_from([Purpose.SHUFFLE, Purpose.RANDOM_SAMPLE])


def filled(order: Permutation, *, start: int, count: int, stride: int = 1) -> list[int]:
    out = np.empty(count, np.int64)
    order.fill(out, start=start, stride=stride)
    sample_indices: list[int] = out.tolist()
    return sample_indices


@pytest.mark.parametrize(
    ("purpose", "seed", "number", "size", "at"),
    [
        (Purpose.SHUFFLE, 0, 0, 65_536, {0: 22637, 1: 860, 2: 48922, 65_535: 44254}),
        (
            Purpose.SHUFFLE,
            42,
            7,
            10**12,
            {0: 687343491314, 1: 675643532158, 2: 14469450742, 10**12 - 1: 569312057989},
        ),
        (
            Purpose.SHUFFLE,
            2**64 - 1,
            3,
            2**60 + 1,
            {
                0: 916142117982149454,
                1: 685812703360133531,
                2: 98836898817388143,
                2**60: 879970935404085029,
            },
        ),
        (Purpose.SHUFFLE, 1, 2, 10, dict(enumerate([4, 2, 6, 5, 1, 9, 0, 3, 8, 7]))),
        (Purpose.RANDOM_SAMPLE, 1, 2, 10**6, dict(enumerate([389343, 239310, 764828, 954425]))),
    ],
)
def test_version_1_never_changes(
    kernels: KernelSet, purpose: Purpose, seed: int, number: int, size: int, at: dict[int, int]
) -> None:
    order = Permutation.keyed(purpose, seed=seed, number=number, dataset_size=size, kernels=kernels)

    found = {position: filled(order, start=position, count=1)[0] for position in at}

    assert found == at


@given(data=st.data(), purpose=purposes, seed=seeds, number=numbers, size=sizes)
def test_the_sample_at_a_position_is_that_of_the_document(
    kernels: KernelSet, data: st.DataObject, purpose: Purpose, seed: int, number: int, size: int
) -> None:
    part = data.draw(slices(limit=size))
    order = Permutation.keyed(purpose, seed=seed, number=number, dataset_size=size, kernels=kernels)

    found = filled(order, start=part.start, stride=part.stride, count=part.count)

    assert found == [
        reference.permutation(purpose, seed, number, size, position)
        for position in part.positions()
    ]


def test_the_largest_table_is_that_of_the_document(kernels: KernelSet) -> None:
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=5, number=6, dataset_size=65_535, kernels=kernels
    )

    found = filled(order, start=0, count=65_535)

    assert found == reference.table(reference.words("epochplan.perm.1", 5, 6, 65_535), 65_535)


@given(data=st.data(), seed=seeds, size=large_sizes | edge_sizes)
def test_blocks_of_any_size_hold_the_same_samples_with_either_kernels(
    data: st.DataObject, seed: int, size: int
) -> None:
    part = data.draw(slices(limit=size, most=10_000))
    compiled, plain = (
        Permutation.keyed(Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size, kernels=kernels)
        for kernels in (backend().kernels, NUMPY_SET)
    )

    found = filled(compiled, start=part.start, stride=part.stride, count=part.count)

    assert found == filled(plain, start=part.start, stride=part.stride, count=part.count)


@given(data=st.data(), seed=seeds, size=sizes)
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(
    kernels: KernelSet, data: st.DataObject, seed: int, size: int
) -> None:
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size, kernels=kernels
    )
    whole = min(size, 3000)
    part = data.draw(slices(limit=whole, most=3000))

    found = filled(order, start=part.start, stride=part.stride, count=part.count)

    in_order = filled(order, start=0, count=whole)
    assert found == [in_order[position] for position in part.positions()]


@given(data=st.data(), purpose=purposes, seed=seeds, number=numbers, size=sizes)
def test_a_sample_is_found_where_it_stands(
    data: st.DataObject, purpose: Purpose, seed: int, number: int, size: int
) -> None:
    position = data.draw(st.integers(0, size - 1))
    order = Permutation.keyed(purpose, seed=seed, number=number, dataset_size=size)
    [sample_index] = filled(order, start=position, count=1)

    assert order.position_of(sample_index) == position


@given(data=st.data(), seed=seeds, size=sizes)
def test_many_samples_are_found_at_once(
    kernels: KernelSet, data: st.DataObject, seed: int, size: int
) -> None:
    part = data.draw(slices(limit=size, most=1_000))
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size, kernels=kernels
    )
    sample_indices = np.empty(part.count, np.int64)
    order.fill(sample_indices, start=part.start, stride=part.stride)

    found = order.positions_of(sample_indices)

    assert found.tolist() == [*part.positions()]


@given(data=st.data(), seed=seeds, size=st.integers(1, 2**32))
def test_samples_that_fit_can_be_written_narrow(
    kernels: KernelSet, data: st.DataObject, seed: int, size: int
) -> None:
    part = data.draw(slices(limit=size, most=1_000))
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size, kernels=kernels
    )
    narrow = np.empty(part.count, np.uint32)

    order.fill(narrow, start=part.start, stride=part.stride)

    assert narrow.tolist() == filled(order, start=part.start, stride=part.stride, count=part.count)


def test_a_sample_is_found_behind_a_value_outside_the_dataset() -> None:
    order = Permutation.keyed(Purpose.SHUFFLE, seed=7, number=1, dataset_size=65_537)
    words = reference.words("epochplan.perm.1", 7, 1, 65_537)
    position = 65
    assert reference.all_rounds(words, 65_537, position) >= 65_537

    found = order.position_of(reference.network(words, 65_537, position))

    assert found == position


@given(seed=seeds, size=st.integers(1, 65_535))
def test_a_small_dataset_is_reordered_and_not_changed(seed: int, size: int) -> None:
    order = Permutation.keyed(Purpose.SHUFFLE, seed=seed, number=0, dataset_size=size)

    found = filled(order, start=0, count=size)

    assert sorted(found) == list(range(size))


@pytest.mark.parametrize("other", [{"seed": 2}, {"number": 4}, {"purpose": Purpose.RANDOM_SAMPLE}])
def test_another_seed_pass_or_purpose_gives_another_order(other: dict[str, object]) -> None:
    given_key: dict[str, object] = {"purpose": Purpose.SHUFFLE, "seed": 1, "number": 3}
    order, changed = (
        Permutation.keyed(dataset_size=10**6, **key)  # type: ignore[arg-type] # a mixed dict
        for key in (given_key, given_key | other)
    )

    assert filled(order, start=0, count=10) != filled(changed, start=0, count=10)


def test_an_empty_buffer_is_filled_with_nothing(kernels: KernelSet) -> None:
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=1, number=3, dataset_size=10**6, kernels=kernels
    )

    assert filled(order, start=10**6, count=0) == []


@pytest.mark.parametrize("size", [10, 10**6])
def test_samples_are_written_into_the_buffer_that_was_given(kernels: KernelSet, size: int) -> None:
    out = np.full(5, -1, np.int64)
    order = Permutation.keyed(Purpose.SHUFFLE, seed=1, number=3, dataset_size=size, kernels=kernels)

    order.fill(out[1:4], start=0)

    assert [out[0], out[4], out[1:4].min() >= 0] == [-1, -1, True]


def test_the_last_position_of_the_largest_dataset_has_a_sample(kernels: KernelSet) -> None:
    order = Permutation.keyed(
        Purpose.SHUFFLE, seed=1, number=3, dataset_size=MAX_SIZE, kernels=kernels
    )

    [sample_index] = filled(order, start=MAX_SIZE - 1, count=1, stride=MAX_SIZE)

    assert order.position_of(sample_index) == MAX_SIZE - 1

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.python_shuffle import python_shuffled


def shuffled_by_python(count: int, seed: int) -> list[int]:
    samples = list(range(count))
    random.Random(seed).shuffle(samples)
    return samples


@settings(max_examples=30)
@given(
    count=st.integers(0, 2_000)
    | st.integers(0, 12).flatmap(lambda bits: st.integers(2**bits - 1, 2**bits + 1)),
    seed=st.integers() | st.integers(-(2**200), 2**200) | st.integers(0, 10),
)
def test_samples_are_shuffled_as_python_does(kernels: KernelSet, count: int, seed: int) -> None:
    samples = python_shuffled(count, seed=seed, kernels=kernels)

    assert samples.tolist() == shuffled_by_python(count, seed)


def test_samples_of_many_blocks_are_shuffled_as_python_does() -> None:
    samples = python_shuffled(70_001, seed=2**40 + 1)

    assert samples.tolist() == shuffled_by_python(70_001, 2**40 + 1)


def test_a_sample_takes_four_bytes(kernels: KernelSet) -> None:
    assert python_shuffled(1000, seed=42, kernels=kernels).nbytes == 4000


def test_wide_tables_are_filled_with_the_same_samples() -> None:
    wide, state = np.empty(1000, np.int64), np.ones(624, np.uint32)
    narrow = np.empty(1000, np.uint32)
    NUMPY_SET.fill_python_shuffle(narrow, state)

    NUMPY_SET.fill_python_shuffle(wide, state)

    assert wide.tolist() == narrow.tolist()

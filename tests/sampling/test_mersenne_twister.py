import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet
from app.sampling.mersenne_twister import raw_words
from app.sampling.numpy_set import NUMPY_SET


def test_the_ten_thousandth_word_is_that_of_the_c_standard_library(kernels: KernelSet) -> None:
    # ISO C++, [rand.predef]: the 10000th invocation of a default-constructed mt19937
    words = raw_words(5489, skipped_words=9_999, count=1, kernels=kernels)

    assert words.tolist() == [4_123_659_995]


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 3_000))
def test_words_are_those_of_numpys_random_state(kernels: KernelSet, seed: int, count: int) -> None:
    words = raw_words(seed, skipped_words=0, count=count, kernels=kernels)

    theirs = np.random.RandomState(seed).randint(2**32, size=count, dtype=np.uint32)
    assert words.tolist() == theirs.tolist()


@settings(max_examples=20)
@given(seed=st.integers(-(2**63), 2**64 - 1), skipped=st.integers(0, 2_000))
def test_words_that_are_skipped_are_words_that_are_thrown_away(
    kernels: KernelSet, seed: int, skipped: int
) -> None:
    rest = raw_words(seed, skipped_words=skipped, count=700, kernels=kernels)

    drawn = raw_words(seed, skipped_words=0, count=skipped + 700, kernels=kernels)
    assert rest.tolist() == drawn[skipped:].tolist()


@pytest.mark.parametrize("same", [2**32 + 42, 2**64 + 42, 42 - 2**32, 42 - 2**64])
def test_only_the_low_32_bits_of_a_seed_count(kernels: KernelSet, same: int) -> None:
    words = raw_words(same, skipped_words=0, count=5, kernels=kernels)

    assert words.tolist() == raw_words(42, skipped_words=0, count=5, kernels=kernels).tolist()


def test_ten_million_words_are_skipped_alike_by_either_kernels() -> None:
    plain, compiled = (
        raw_words(1, skipped_words=10**7 + 3, count=3, kernels=kernels)
        for kernels in (NUMPY_SET, backend().kernels)
    )

    assert plain.tolist() == compiled.tolist()

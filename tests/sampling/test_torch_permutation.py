import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling import torch_permutation
from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.torch_permutation import LARGE_FROM, randperm_words, torch_randperm
from tests.sampling.torch_record import Calls, our_answers, recorded

BLOCK_EDGES = [0, 1, 2, 3, 311, 312, 313, 623, 624, 625, 626, 1249, 8192, 8193, 20_000]


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_permutation, "LARGE_FROM", 0)


def permutations(kernels: KernelSet, skipped: int) -> list[list[int]]:
    return [
        torch_randperm(size, seed=3, skipped_words=skipped, kernels=kernels).tolist()
        for size in BLOCK_EDGES
    ]


@pytest.mark.parametrize("calls", recorded("fresh"), ids=str)
def test_values_are_those_of_torch(calls: Calls) -> None:
    answers = list(our_answers(calls))

    assert answers == calls.answers


@pytest.mark.parametrize("calls", recorded("in_turn"), ids=str)
def test_a_generator_goes_on_as_that_of_torch_does(kernels: KernelSet, calls: Calls) -> None:
    answers = list(our_answers(calls, kernels))

    assert answers == calls.answers


@pytest.mark.parametrize("skipped", [0, 1, 311, 623, 624, 10_001])
def test_plain_python_permutes_few_samples_as_compiled_code_does(skipped: int) -> None:
    plain, compiled = (permutations(kernels, skipped) for kernels in (NUMPY_SET, backend().kernels))

    assert plain == compiled


@pytest.mark.usefixtures("few_are_many")
@pytest.mark.parametrize("skipped", [0, 1, 311, 623, 624, 10_001])
def test_plain_python_permutes_many_samples_as_compiled_code_does(skipped: int) -> None:
    plain, compiled = (permutations(kernels, skipped) for kernels in (NUMPY_SET, backend().kernels))

    assert plain == compiled


@settings(max_examples=20)
@given(
    size=st.integers(0, 5_000),
    seed=st.integers(-(2**63), 2**64 - 1),
    skipped=st.integers(0, 10_000),
    many=st.booleans(),
)
def test_every_sample_stands_in_one_place(size: int, seed: int, skipped: int, many: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch_permutation, "LARGE_FROM", 0 if many else LARGE_FROM)

        permutation = torch_randperm(size, seed=seed, skipped_words=skipped)

    assert sorted(permutation.tolist()) == list(range(size))


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, 0), (1, 0), (2, 1), (214_748_363, 214_748_362), (214_748_364, 429_496_728)],
)
def test_many_samples_take_two_words_each(size: int, words: int) -> None:
    assert randperm_words(size) == words


def test_older_versions_take_one_word_for_each_of_many_samples() -> None:
    assert randperm_words(214_748_364, large_branch=False) == 214_748_363


@pytest.mark.usefixtures("few_are_many")
def test_older_versions_permute_many_samples_as_they_permute_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = torch_randperm(10, seed=42, large_branch=False)

    monkeypatch.setattr(torch_permutation, "LARGE_FROM", LARGE_FROM)
    assert older.tolist() == torch_randperm(10, seed=42).tolist()


def test_a_sample_takes_four_bytes() -> None:
    assert torch_randperm(1000, seed=42).nbytes == 4000


def test_wide_tables_are_filled_with_the_same_samples() -> None:
    wide, narrow = np.empty(1000, np.int64), torch_randperm(1000, seed=5, kernels=NUMPY_SET)

    NUMPY_SET.fill_torch_permutation(wide, 5, 0)

    assert wide.tolist() == narrow.tolist()

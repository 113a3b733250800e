import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling.kernel_set import KernelSet
from app.sampling.torch_draws import draw_words, torch_randint

limits = st.sampled_from([1, 2, 10, 2**28 - 1, 2**28, 2**32 - 1, 2**32, 2**63 - 1])


@settings(max_examples=20)
@given(seed=st.integers(-(2**63), 2**64 - 1), limit=limits, before=st.integers(0, 1_000))
def test_draws_that_are_skipped_are_draws_that_are_thrown_away(
    kernels: KernelSet, seed: int, limit: int, before: int
) -> None:
    rest = torch_randint(
        5,
        dataset_size=limit,
        seed=seed,
        skipped_words=before * draw_words(limit),
        kernels=kernels,
    )

    drawn = torch_randint(before + 5, dataset_size=limit, seed=seed, kernels=kernels)
    assert rest.tolist() == drawn[before:].tolist()


@given(seed=st.integers(0, 2**32 - 1), limit=limits, wide_from=st.sampled_from([2**28, 2**32]))
@settings(max_examples=20)
def test_draws_are_inside_the_dataset(seed: int, limit: int, wide_from: int) -> None:
    draws = torch_randint(100, dataset_size=limit, seed=seed, wide_from=wide_from)

    assert 0 <= draws.min() <= draws.max() < limit


def test_a_wide_draw_begins_with_its_high_word() -> None:
    high, low = torch_randint(2, dataset_size=2**32 - 1, seed=5, wide_from=2**32).tolist()

    [wide] = torch_randint(1, dataset_size=2**63, seed=5).tolist()

    assert wide == (high << 32 | low) % 2**63


@pytest.mark.parametrize(
    ("limit", "wide_from", "words"),
    [(2**28 - 1, 2**28, 1), (2**28, 2**28, 2), (2**32 - 1, 2**32, 1), (2**32, 2**32, 2)],
)
def test_a_draw_takes_two_words_from_the_threshold_on(
    limit: int, wide_from: int, words: int
) -> None:
    assert draw_words(limit, wide_from) == words


@pytest.mark.parametrize("limit", [1_000, 2**40])
def test_many_draws_are_those_that_come_one_after_another(limit: int) -> None:
    count, words = 40_000, draw_words(limit)

    draws = torch_randint(count, dataset_size=limit, seed=5)

    places = range(0, count, 7_919)
    alone = [
        torch_randint(1, dataset_size=limit, seed=5, skipped_words=place * words).item()
        for place in places
    ]
    assert draws[:: places.step].tolist() == alone


@pytest.mark.parametrize(("limit", "bytes_per_draw"), [(2**28 - 1, 12), (2**28, 8)])
def test_draws_take_little_more_memory_than_their_words_and_themselves(
    limit: int, bytes_per_draw: int
) -> None:
    count = 10**6
    torch_randint(1, dataset_size=limit, seed=0)  # compiles what computes the words

    tracemalloc.start()
    torch_randint(count, dataset_size=limit, seed=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < count * bytes_per_draw + 2**20

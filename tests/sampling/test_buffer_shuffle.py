"""Orders are those of TensorFlow 2.21.0: Dataset.shuffle, and tf.random.shuffle of a tensor."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling import buffer_shuffle as module
from app.sampling.buffer_shuffle import buffer_shuffled
from app.sampling.buffer_shuffle_kernels import swap_partners as swap_compiled
from app.sampling.buffer_shuffle_plain import swap_partners as swap_plainly
from app.sampling.philox import philox_words
from tests.strategies import sparingly

seeds = st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))


def through_a_buffer(count: int, buffer_size: int, words: list[int]) -> Iterator[int]:
    """As a person would write it: a list that is filled up before every draw."""
    stream = iter(range(count))
    waiting: list[int] = []
    for word in words:
        while len(waiting) < buffer_size and (sample := next(stream, None)) is not None:
            waiting.append(sample)
        place = word % len(waiting)
        waiting[0], waiting[place] = waiting[place], waiting[0]
        yield waiting.pop(0)


@pytest.mark.parametrize(
    ("count", "buffer_size", "seed", "samples"),
    [
        (10, 10, (87654321, 1), [7, 9, 3, 6, 5, 1, 8, 4, 0, 2]),
        (10, 10, (7, 0), [7, 5, 4, 0, 3, 6, 9, 2, 8, 1]),
        (10, 3, (1, 2), [2, 3, 0, 5, 6, 4, 7, 8, 9, 1]),
        (10, 10, (1, 2), [9, 0, 8, 6, 1, 3, 7, 2, 4, 5]),
        (3, 10, (1, 2), [2, 0, 1]),
    ],
)
def test_the_order_is_that_of_tensorflow(
    count: int, buffer_size: int, seed: tuple[int, int], samples: list[int]
) -> None:
    order = buffer_shuffled(count, buffer_size=buffer_size, seeds=seed)

    assert order.tolist() == samples


@sparingly
@given(count=st.integers(0, 90), buffer_size=st.integers(1, 99), seeds=seeds)
def test_a_sample_leaves_when_the_buffer_hands_it_out(
    count: int, buffer_size: int, seeds: tuple[int, int]
) -> None:
    order = buffer_shuffled(count, buffer_size=buffer_size, seeds=seeds)

    words = philox_words(*seeds, start=0, count=count).tolist()
    assert order.tolist() == [*through_a_buffer(count, buffer_size, words)]


@sparingly
@given(count=st.integers(0, 90), seeds=seeds, buffer_size=st.integers(1, 2**63 - 1))
def test_no_sample_leaves_before_it_has_entered(
    count: int, seeds: tuple[int, int], buffer_size: int
) -> None:
    order = buffer_shuffled(count, buffer_size=buffer_size, seeds=seeds).tolist()

    assert sorted(order) == [*range(count)]
    assert all(sample - place < buffer_size for place, sample in enumerate(order))


def test_a_stream_longer_than_a_block_of_words_goes_on_with_the_next_words() -> None:
    count = module.SWAPPED_TOGETHER + 40

    order = buffer_shuffled(count, buffer_size=5, seeds=(3, 4))

    words = philox_words(3, 4, start=0, count=count).tolist()
    assert order.tolist() == [*through_a_buffer(count, 5, words)]


def test_words_that_were_drawn_before_are_skipped() -> None:
    order = buffer_shuffled(6, buffer_size=6, seeds=(3, 4), skipped_words=9)

    words = philox_words(3, 4, start=9, count=6).tolist()
    assert order.tolist() == [*through_a_buffer(6, 6, words)]


@sparingly
@given(count=st.integers(1, 80), first=st.integers(0, 9), seeds=seeds)
def test_compiled_swaps_are_those_of_plain_python(
    count: int, first: int, seeds: tuple[int, int]
) -> None:
    partners = philox_words(*seeds, start=0, count=count) % np.uint32(first + count)
    compiled, plain = (np.arange(first + count, dtype=np.uint32) for _ in range(2))

    swap_compiled(compiled, partners, first)
    swap_plainly(plain, partners, first)

    assert compiled.tolist() == plain.tolist()


def test_without_numba_plain_python_swaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "backend_name", lambda: "numpy")

    chosen = module._compiled_swap.__wrapped__()

    assert chosen is swap_plainly


def test_places_of_a_table_beyond_32_bits_are_exact() -> None:
    words = np.array([2**32 - 1, 5], np.uint32)

    partners = module._partners(words, 2**40, 2**40 + 2, 2**41)

    assert partners.tolist() == [2**40 + 1, 2**40 + 1]


def test_plain_swaps_come_one_after_another() -> None:
    table = np.array([10, 11, 12, 13], np.uint32)

    swap_plainly(table, np.array([3, 1, 0], np.uint32), 1)

    assert table.tolist() == [11, 12, 13, 10]

import numpy as np
import pytest
from hypothesis import given

from app.sampling.keys import Purpose, key_words, long_key_words
from tests.sampling import reference
from tests.sampling.strategies import numbers, seeds, sizes


@given(seed=seeds, number=numbers, size=sizes)
def test_the_words_are_those_of_the_document(seed: int, number: int, size: int) -> None:
    words = key_words(Purpose.SHUFFLE, seed=seed, number=number, dataset_size=size)

    assert words.tolist() == reference.words("epochplan.perm.1", seed, number, size)


def test_a_purpose_fills_the_personalisation_to_its_last_byte() -> None:
    assert {len(purpose.encode("ascii")) for purpose in Purpose} == {16}


def test_every_purpose_has_words_of_its_own() -> None:
    words = {
        tuple(key_words(purpose, seed=1, number=2, dataset_size=3).tolist()) for purpose in Purpose
    }

    assert len(words) == len(Purpose)


@given(seed=seeds, number=numbers)
def test_numbers_repeat_after_2_to_the_64(seed: int, number: int) -> None:
    words = key_words(Purpose.SHUFFLE, seed=seed, number=number, dataset_size=10)

    later = key_words(Purpose.SHUFFLE, seed=seed, number=number + 2**64, dataset_size=10)

    assert np.array_equal(words, later)


def test_nobody_can_change_the_words_of_a_key() -> None:
    words = key_words(Purpose.SHUFFLE, seed=1, number=2, dataset_size=3)

    with pytest.raises(ValueError, match="read-only"):
        words[0] = 0


def test_long_words_are_pairs_of_words_with_the_lower_half_first() -> None:
    words = np.array([1, 2, 2**32 - 1, 2**32 - 1], np.uint32)

    assert long_key_words(words).tolist() == [2 * 2**32 + 1, 2**64 - 1]

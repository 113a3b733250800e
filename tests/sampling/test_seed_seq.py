import pytest

from app.sampling.seed_seq import four_seed_words


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        (0, [2963817213, 69796629, 1973464570, 532167439]),
        (1, [1304574429, 1385991880, 1625791478, 1649374289]),
        (2**32 - 1, [3258260622, 2976084991, 227751652, 537413182]),
        (123456789, [1063706903, 298048648, 2436626464, 827485493]),
    ],
)
def test_the_words_are_those_of_the_gnu_library(seed: int, words: list[int]) -> None:
    assert four_seed_words(seed).tolist() == words

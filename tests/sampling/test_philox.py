import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.philox import philox_words

words_of_64_bits = st.integers(0, 2**64 - 1)


def joined(words: str) -> list[int]:
    """Two words of 32 bits make one of 64, the low one first."""
    halves = [int(word, 16) for word in words.split()]
    return [high << 32 | low for low, high in zip(halves[::2], halves[1::2], strict=True)]


# Random123 1.14.0, tests/kat_vectors, the lines of philox4x32 10
@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        (
            "00000000 00000000 00000000 00000000",
            "00000000 00000000",
            "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_known_questions_have_the_known_answers(
    kernels: KernelSet, counter: str, key: str, answer: str
) -> None:
    low, high = joined(counter)
    [seed] = joined(key)

    words = philox_words(seed, high, start=4 * low, count=4, kernels=kernels)

    assert " ".join(f"{word:08x}" for word in words) == answer


def test_words_follow_one_another_as_in_tensorflow(kernels: KernelSet) -> None:
    # TensorFlow 2.21.0: tf.raw_ops.StatelessRandomUniformFullIntV2(shape=[6], key=[key],
    # counter=[7, high], alg=1, dtype=tf.uint32)
    key, high = 0x299F31D0A4093822, 0x0370734413198A2E

    words = philox_words(key, high, start=4 * 7, count=6, kernels=kernels)

    assert words.tolist() == [
        *(2737282929, 272220159, 3564424076, 4040332779),
        *(1872448862, 966197688),
    ]


@settings(max_examples=20)
@given(
    key=words_of_64_bits,
    high=words_of_64_bits,
    base=st.integers(0, 2**66 - 10_000),
    start=st.integers(0, 9),
    count=st.integers(0, 20),
)
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(
    kernels: KernelSet, key: int, high: int, base: int, start: int, count: int
) -> None:
    words = philox_words(key, high, start=base + start, count=count, kernels=kernels)

    whole = philox_words(key, high, start=base, count=40, kernels=kernels)
    assert words.tolist() == whole[start : start + count].tolist()


@settings(max_examples=5)
@given(key=words_of_64_bits, high=words_of_64_bits, start=st.integers(0, 2**66 - 50_000))
def test_many_words_are_the_same_with_either_kernels(key: int, high: int, start: int) -> None:
    plain, compiled = (
        philox_words(key, high, start=start, count=40_001, kernels=kernels)
        for kernels in (NUMPY_SET, backend().kernels)
    )

    assert plain.tolist() == compiled.tolist()

"""The key of an order: one hash of everything that tells it apart from every other order."""

import hashlib
import struct
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

NUMBERS: Final = 2**64


class Purpose(StrEnum):
    """What a key is for: the personalisation of BLAKE2b, exactly 16 ASCII characters."""

    SHUFFLE = "epochplan.perm.1"
    RANDOM_SAMPLE = "epochplan.samp.1"
    WITH_REPLACEMENT = "epochplan.draw.1"


def key_words(purpose: Purpose, *, seed: int, number: int, dataset_size: int) -> NDArray[np.uint32]:
    """The 16 key words of one order.

    >>> key_words(Purpose.SHUFFLE, seed=1, number=2, dataset_size=10)[:2].tolist()
    [2944164970, 4096554943]

    Args:
        purpose: Separates orders of one seed that serve different ends.
        seed: The seed of the run, in [0, 2**64).
        number: The pass or the epoch, not negative; taken modulo 2**64.
        dataset_size: Samples in the dataset, in [1, 2**63).

    Returns:
        uint32, shape (16,), read-only.
    """
    digest = hashlib.blake2b(
        struct.pack("<QQQ", seed, number % NUMBERS, dataset_size),
        digest_size=64,
        person=purpose.encode("ascii"),
    ).digest()
    return np.frombuffer(digest, dtype="<u4").astype(np.uint32, copy=False)


def long_key_words(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Key words two by two as 64-bit words, the first of a pair being the lower half.

    >>> long_key_words(np.array([5, 1], np.uint32)).tolist()
    [4294967301]

    Args:
        words: uint32, of even length.

    Returns:
        uint64, half as long.
    """
    return words[::2] | (words[1::2].astype(np.uint64) << np.uint64(32))

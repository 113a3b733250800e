"""The key of a native order: a hash of everything that tells it apart from every other order."""

import struct
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHUFFLE: Final = b"epochplan.perm.1"
RANDOM_SAMPLE: Final = b"epochplan.samp.1"
WITH_REPLACEMENT: Final = b"epochplan.draw.1"

_WORDS: Final = 2**64


def key_words(purpose: bytes, *, seed: int, number: int, dataset_size: int) -> NDArray[np.uint32]:
    """The 16 words of a key.

    >>> [hex(word) for word in key_words(SHUFFLE, seed=1, number=2, dataset_size=10)[:2]]
    ['0xaf7c646a', '0xf42c77bf']

    Args:
        purpose: SHUFFLE, RANDOM_SAMPLE or WITH_REPLACEMENT: 16 ASCII characters.
        seed: In [0, 2**64).
        number: The pass or the epoch, taken modulo 2**64.
        dataset_size: In [1, 2**63).

    Returns:
        uint32, shape (16,).
    """
    message = struct.pack("<3Q", seed, number % _WORDS, dataset_size)
    digest = blake2b(message, digest_size=64, person=purpose).digest()
    return np.frombuffer(digest, "<u4").astype(np.uint32)


def long_word(words: NDArray[np.uint32], first: int) -> int:
    """Two words in a row as one of 64 bits, the first of them the lower half.

    >>> long_word(np.array([5, 1], np.uint32), 0)
    4294967301
    """
    return int(words[first]) | int(words[first + 1]) << 32

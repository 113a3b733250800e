"""Compiled mt19937, a block of 624 words at a time.

M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform
pseudo-random number generator", ACM TOMACS 8 (1998).
"""

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined, kernel

STATE_WORDS = 624
MIDDLE = 397  # the word that is mixed in stands so far ahead

u32 = np.uint32


@inlined
def _mixed(word: np.uint32, following: np.uint32, ahead: np.uint32) -> np.uint32:
    joined = u32((word & u32(0x80000000)) | (following & u32(0x7FFFFFFF)))
    # a mask instead of a choice, so that the loop becomes vectors
    twist = u32(u32(u32(0) - u32(following & u32(1))) & u32(0x9908B0DF))
    return u32(ahead ^ (joined >> u32(1)) ^ twist)


@inlined
def _twist(state: NDArray[np.uint32]) -> None:
    for i in range(STATE_WORDS - MIDDLE):
        state[i] = _mixed(state[i], state[i + 1], state[i + MIDDLE])
    for i in range(STATE_WORDS - MIDDLE, STATE_WORDS - 1):
        state[i] = _mixed(state[i], state[i + 1], state[i + MIDDLE - STATE_WORDS])
    state[STATE_WORDS - 1] = _mixed(state[STATE_WORDS - 1], state[0], state[MIDDLE - 1])


@inlined
def _tempered(word: np.uint32) -> np.uint32:
    word = u32(word ^ (word >> u32(11)))
    word = u32(word ^ (u32(word << u32(7)) & u32(0x9D2C5680)))
    word = u32(word ^ (u32(word << u32(15)) & u32(0xEFC60000)))
    return u32(word ^ (word >> u32(18)))


@inlined
def seeded_state(seed: int) -> NDArray[np.uint32]:
    """The state before the first word.

    Args:
        seed: In [0, 2**32).

    Returns:
        uint32, shape (624,).
    """
    state = np.empty(STATE_WORDS, np.uint32)
    state[0] = seed
    for i in range(1, STATE_WORDS):
        folded = u32(state[i - 1] ^ (state[i - 1] >> u32(30)))
        state[i] = u32(u32(1812433253) * folded + u32(i))
    return state


@inlined
def skip_words(state: NDArray[np.uint32], skipped: int) -> int:
    """Twist a freshly seeded state until it holds the word after so many.

    Args:
        state: uint32, shape (624,), overwritten.
        skipped: Words to leave out.

    Returns:
        Where in the state the next word stands, in [0, 624).
    """
    for _ in range(skipped // STATE_WORDS + 1):
        _twist(state)
    return skipped % STATE_WORDS


@inlined
def next_words(words: NDArray[np.uint32], state: NDArray[np.uint32], place: int) -> None:
    """Write the next 624 words; the one after them stands at the same place of the state.

    Args:
        words: uint32, shape (624,), overwritten.
        state: uint32, shape (624,), moved on by one twist.
        place: Where in the state the next word stands, in [0, 624).
    """
    # slices, because an index that might be negative costs the vectorisation
    rest, further = state[place:], words[STATE_WORDS - place :]
    for i in range(rest.size):
        words[i] = _tempered(rest[i])
    _twist(state)
    for i in range(further.size):
        further[i] = _tempered(state[i])


@kernel
def fill_words(out: NDArray[np.uint32], seed: int, skipped: int) -> None:
    """Write the words after the skipped ones into a contiguous buffer.

    Args:
        out: uint32, contiguous.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    words = np.empty(STATE_WORDS, np.uint32)
    state = seeded_state(seed)
    place = skip_words(state, skipped)
    for done in range(0, out.size, STATE_WORDS):
        next_words(words, state, place)
        block = out[done : done + STATE_WORDS]
        for i in range(block.size):
            block[i] = words[i]

"""The words of mt19937 from NumPy's own generator."""

import numpy as np
from numpy.typing import NDArray


def generator_of(seed: int, skipped: int) -> np.random.MT19937:
    """NumPy's generator at the word after the skipped ones.

    >>> int(generator_of(5489, skipped=9_999).random_raw())
    4123659995

    Args:
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    generator = np.random.MT19937()
    # only RandomState, frozen by NEP 19, seeds as the inventors of the generator did
    np.random.RandomState(generator).seed(seed)
    generator.random_raw(skipped, output=False)
    return generator


def fill_words(out: NDArray[np.uint32], seed: int, skipped: int) -> None:
    """Write the words after the skipped ones into a contiguous buffer.

    Args:
        out: uint32, contiguous.
        seed: In [0, 2**32).
        skipped: Words to leave out.
    """
    out[:] = generator_of(seed, skipped).random_raw(out.size)

"""What TensorFlow makes of its seeds."""

from typing import Final

from app.sampling.philox import philox_words

MODULUS: Final = 2**31 - 1
"""Seeds are reduced by it."""

DEFAULT_GLOBAL_SEED: Final = 87_654_321
"""Stands for the global seed where tf.random.set_seed was not called."""


def operation_seeds(op_seed: int, *, global_seed: int | None = None) -> tuple[int, int]:
    """The two seeds of a random operation, each in [0, 2**31).

    Source: tensorflow 2.21.0, tensorflow/python/framework/random_seed.py (get_seed).

    >>> operation_seeds(2**31 + 1), operation_seeds(0, global_seed=0)
    ((87654321, 2), (0, 2147483647))

    Args:
        op_seed: The operation's own seed, not negative.
        global_seed: What tf.random.set_seed got, not negative; None where it was not called.
    """
    first = DEFAULT_GLOBAL_SEED if global_seed is None else global_seed % MODULUS
    second = op_seed % MODULUS
    return (0, MODULUS) if first == second == 0 else (first, second)


def iteration_seeds(seeds: tuple[int, int], number: int) -> tuple[int, int]:
    """The seeds of one iteration over a dataset that is shuffled anew in each of them.

    Source: tensorflow/core/kernels/data/random_seed_ops.cc and shuffle_dataset_op.cc: every
    iterator draws two words of Philox when it is made, read or not.

    >>> iteration_seeds((87654321, 1), 0)
    (2870909127, 3455438759)

    Args:
        seeds: Those of the operation.
        number: Iterators that were made before.
    """
    first, second = philox_words(*seeds, start=2 * number, count=2).tolist()
    return first, second

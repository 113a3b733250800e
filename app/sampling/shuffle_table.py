"""The table that a shuffle fills: the type of its samples, and who fills it."""

from typing import Final

import numpy as np

from app.sampling.backend import backend
from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET

COMPILED_BELOW: Final = 2**32


def sample_type(dataset_size: int) -> type[np.uint32 | np.int64]:
    """The narrower type that holds every sample index: uint32 up to 2**32 samples, else int64.

    >>> sample_type(2**32)
    <class 'numpy.uint32'>

    Args:
        dataset_size: Samples in the table, not negative.
    """
    return np.uint32 if dataset_size <= 2**32 else np.int64


def shuffling_kernels(dataset_size: int) -> KernelSet:
    """What shuffles so many samples: from 2**32 on it is plain Python, some 100 times slower.

    >>> shuffling_kernels(2**32).name
    'numpy'

    Args:
        dataset_size: Samples in the table, not negative.
    """
    return backend().kernels if dataset_size < COMPILED_BELOW else NUMPY_SET

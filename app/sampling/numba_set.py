"""The kernels that numba compiles. Importing this module imports numba."""

import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

from app.sampling.draw_kernels import fill_draws
from app.sampling.feistel_kernels import fill_feistel, find_feistel
from app.sampling.kernel_set import KernelSet
from app.sampling.keys import Purpose, key_words, long_key_words
from app.sampling.mersenne_twister_kernels import fill_words
from app.sampling.philox_kernels import fill_philox_blocks
from app.sampling.python_shuffle_kernels import fill_python_shuffle
from app.sampling.table_kernels import shuffled_table
from app.sampling.torch_permutation_kernels import (
    fill_large_torch_permutation,
    fill_torch_permutation,
)

NUMBA_SET = KernelSet(
    name="numba",
    fill_feistel=fill_feistel,
    find_feistel=find_feistel,
    shuffled_table=shuffled_table,
    fill_draws=fill_draws,
    fill_words=fill_words,
    fill_torch_permutation=fill_torch_permutation,
    fill_large_torch_permutation=fill_large_torch_permutation,
    fill_python_shuffle=fill_python_shuffle,
    fill_philox_blocks=fill_philox_blocks,
)


class KernelsUnavailableError(RuntimeError):
    """numba is there, but does not compile the kernels."""


def compiled_numba_set() -> KernelSet:
    """The kernels, every one compiled or read from the cache for the types it is called with.

    >>> compiled_numba_set().name
    'numba'

    Raises:
        KernelsUnavailableError: numba does not compile them, or was told not to compile.
    """
    if not isinstance(fill_feistel, Dispatcher):
        message = "numba was told not to compile (NUMBA_DISABLE_JIT)"
        raise KernelsUnavailableError(message)
    try:
        call_every_kernel(NUMBA_SET)
    except NumbaError as fault:
        raise KernelsUnavailableError(str(fault)) from fault
    return NUMBA_SET


def call_every_kernel(kernels: KernelSet) -> None:
    """Call every kernel once, with arguments of the types that orders call it with."""
    words = key_words(Purpose.SHUFFLE, seed=0, number=0, dataset_size=2**16)
    long_words = long_key_words(words)
    wide, narrow = np.zeros(2, np.int64), np.zeros(2, np.uint32)
    for out in (wide, narrow):
        kernels.fill_feistel(out, 0, 1, 2**16, 8, words[:8])
        kernels.fill_draws(out, 0, 1, 2**16, long_words[0], long_words[1])
    kernels.find_feistel(wide, np.zeros(2, np.int64), 2**16, 8, words[:8])
    kernels.shuffled_table(2, long_words[0])
    _call_every_generator(kernels)


def _call_every_generator(kernels: KernelSet) -> None:
    words, zero = np.empty(2, np.uint32), np.uint64(0)
    kernels.fill_words(words, 0, 0)
    kernels.fill_torch_permutation(words, 0, 0)
    kernels.fill_large_torch_permutation(words, 0, 0)
    kernels.fill_python_shuffle(words, np.zeros(624, np.uint32))
    kernels.fill_philox_blocks(np.empty((1, 4), np.uint32), zero, zero, zero)

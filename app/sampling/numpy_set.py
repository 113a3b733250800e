"""The kernels in plain NumPy: for machines where numba does not run, some twenty times slower."""

from app.sampling.draws_numpy import fill_draws
from app.sampling.feistel_numpy import fill_feistel, find_feistel
from app.sampling.kernel_set import KernelSet
from app.sampling.mersenne_twister_numpy import fill_words
from app.sampling.philox_numpy import fill_philox_blocks
from app.sampling.python_shuffle_numpy import fill_python_shuffle
from app.sampling.table_numpy import shuffled_table
from app.sampling.torch_permutation_numpy import (
    fill_large_torch_permutation,
    fill_torch_permutation,
)

NUMPY_SET = KernelSet(
    name="numpy",
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

"""The kernels in plain NumPy: for machines where numba does not run, some twenty times slower."""

from app.sampling.draws_numpy import fill_draws
from app.sampling.feistel_numpy import fill_feistel
from app.sampling.kernel_set import KernelSet
from app.sampling.table_numpy import shuffled_table

NUMPY_SET = KernelSet(
    name="numpy",
    fill_feistel=fill_feistel,
    shuffled_table=shuffled_table,
    fill_draws=fill_draws,
)

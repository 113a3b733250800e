import pytest

from app.sampling.kernel_set import KernelSet
from app.sampling.numba_set import compiled_numba_set
from app.sampling.numpy_set import NUMPY_SET


@pytest.fixture(scope="session", params=["numba", "numpy"])
def kernels(request: pytest.FixtureRequest) -> KernelSet:
    return compiled_numba_set() if request.param == "numba" else NUMPY_SET

"""Which kernels are in use: decided once in a process, when the first index is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET


@dataclass(frozen=True, slots=True)
class Backend:
    """The kernels in use.

    Attributes:
        kernels: The functions.
        reason: Why they are not the compiled ones; empty when they are.
    """

    kernels: KernelSet
    reason: str


@cache
def backend() -> Backend:
    """The backend of this process: numba where it compiles, else plain NumPy.

    >>> backend() is backend()
    True
    """
    return first_that_works(_compiled_kernels)


def backend_name() -> Literal["numba", "numpy"]:
    """Name of the backend of this process.

    >>> backend_name() in {"numba", "numpy"}
    True
    """
    return backend().kernels.name


def first_that_works(compiled_kernels: Callable[[], KernelSet]) -> Backend:
    """The compiled kernels, or plain NumPy together with the reason.

    >>> def broken() -> KernelSet:
    ...     raise OSError("libLLVM: cannot enable executable memory")
    >>> found = first_that_works(broken)
    >>> found.kernels.name, found.reason
    ('numpy', 'OSError: libLLVM: cannot enable executable memory')

    Args:
        compiled_kernels: Imports numba and compiles; fails with ImportError where numba or a
            fitting NumPy is missing, with OSError where LLVM cannot be loaded, with
            RuntimeError where the kernels do not compile on this machine.
    """
    try:
        return Backend(compiled_kernels(), reason="")
    except (ImportError, OSError, RuntimeError) as fault:
        return Backend(NUMPY_SET, reason=f"{type(fault).__name__}: {fault}")


def _compiled_kernels() -> KernelSet:
    # imported here because it takes half a second, which plans without indices need not pay
    kernels: KernelSet = import_module("app.sampling.numba_set").compiled_numba_set()
    return kernels

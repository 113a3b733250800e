"""How a function becomes a compiled kernel.

A kernel is a function of a module whose file name ends in ``_kernels.py``: the cache watches
these files only, and a function made inside another one is never found there again.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

from app.sampling.kernel_cache import keep_compiled

P = ParamSpec("P")
R = TypeVar("R")


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """A compiled function that kernels call; its code is kept with theirs.

    >>> @inlined
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> double(21)
    42
    """
    # without Python's rules for faults, the bounds and divisions of a loop cost nothing
    return njit(nogil=True, boundscheck=False, error_model="numpy")(function)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """A compiled function that runs without the interpreter's lock and is kept on disk."""
    # njit(cache=True) would choose the directory by itself and fail where there is none
    compiled = inlined(function)
    keep_compiled(compiled, function)
    return compiled

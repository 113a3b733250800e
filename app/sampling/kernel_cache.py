"""Where compiled kernels are kept from one process to the next, and what if they cannot be.

numba refuses at import to cache a function when it finds no directory that it may write, even
if the compiled code lies there ready to be read; and it fails the call whose code it compiled
but could not save. A container often has a read-only root and no home directory. Here a
directory that can only be read is read, and code that cannot be saved stays in memory.
"""

# numba publishes its caching without types:
# mypy: allow-untyped-calls
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import hashlib
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from numba.core import config
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
    UserWideCacheLocator,
)

SOURCES: Final = "*_kernels.py"
INDEXES: Final = "*_kernels.*.nbi"

# what a directory without permission, a full disk or a truncated file leads to
UNUSABLE: Final = (OSError, EOFError, pickle.UnpicklingError)

_faults: dict[str, str] = {}


def cache_faults() -> Mapping[str, str]:
    """Why compiled code could not be read or saved, by kernel; empty where all is well.

    >>> cache_faults().get("app.sampling.table_kernels.shuffled_table", "all is well")
    'all is well'
    """
    return MappingProxyType(_faults)


def keep_compiled(dispatcher: Any, function: Callable[..., Any]) -> None:  # noqa: ANN401 - untyped
    """Let numba keep the compiled code of a kernel where this module says.

    Args:
        dispatcher: What ``numba.njit`` made of the function, without ``cache=True``.
        function: A function of a module whose file name ends in ``_kernels.py``.
    """
    dispatcher._cache = KernelCache(function)  # noqa: SLF001 - numba has no public way to set it


class _StampOfAllKernels:
    """Compiled code is out of date as soon as any file of kernels changes.

    numba looks at the file of the kernel alone, and would miss a change in another file whose
    functions the kernel calls.
    """

    _py_file: str

    def get_source_stamp(self) -> bytes:
        sources = sorted(Path(self._py_file).parent.glob(SOURCES))
        return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).digest()


class _GivenDirectory(_StampOfAllKernels, UserProvidedCacheLocator):
    """A directory in ``NUMBA_CACHE_DIR``, whether it can be written or not."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self | None:
        return cls(py_func, py_file) if getattr(config, "CACHE_DIR", "") else None


class _BesideTheSource(_StampOfAllKernels, InTreeCacheLocator):
    """``__pycache__`` of the kernel's directory, when it holds kernels or can be written."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self | None:
        beside = cls(py_func, py_file)
        if any(Path(beside.get_cache_path()).glob(INDEXES)):
            return beside
        writable: Self | None = super().from_function(py_func, py_file)
        return writable


class _OfTheUser(_StampOfAllKernels, UserWideCacheLocator):
    """The cache directory of the user, when there is one and it can be written."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self | None:
        # a user without a home has "~/.cache", which is no absolute path
        if not Path(cls(py_func, py_file).get_cache_path()).is_absolute():
            return None
        writable: Self | None = super().from_function(py_func, py_file)
        return writable


class _Nowhere(_StampOfAllKernels, InTreeCacheLocator):
    """A directory that holds nothing and keeps nothing: every process compiles for itself."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self | None:
        return cls(py_func, py_file)


class _KernelFiles(CompileResultCacheImpl):
    """The files of one kernel, in the first directory that offers itself."""

    def __init__(self, py_func: Callable[..., Any]) -> None:
        self._locator_classes = [_GivenDirectory, _BesideTheSource, _OfTheUser, _Nowhere]
        super().__init__(py_func)


class KernelCache(FunctionCache):
    """The compiled code of one kernel, on disk where that is possible.

    The directory is the first of: the one that ``NUMBA_CACHE_DIR`` leads to; ``__pycache__``
    beside the source, when it holds kernels or can be written; the user's cache directory, when
    it can be written. Code for another processor or of another version is never used.
    """

    _impl_class = _KernelFiles

    def load_overload(self, sig: object, target_context: object) -> object:
        """The compiled code for one signature; None where there is none to be read."""
        try:
            return super().load_overload(sig, target_context)
        except UNUSABLE as refusal:
            self._remember(refusal)
            return None

    def save_overload(self, sig: object, data: object) -> None:
        """Keep compiled code for the next process, where that is possible."""
        try:
            super().save_overload(sig, data)
        except UNUSABLE as refusal:
            self._remember(refusal)

    def _remember(self, refusal: Exception) -> None:
        _faults[f"{self._py_func.__module__}.{self._py_func.__qualname__}"] = (
            f"{type(refusal).__name__}: {refusal}"
        )

"""Tables that took a while to compute, kept while they fit into a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

DEFAULT_BYTES: Final = 16 * 2**20

Scalar = TypeVar("Scalar", bound=np.generic)


class TableMemo:
    """A memo of arrays that forgets the least recently used ones; safe between threads.

    Threads that ask for the same key at the same time wait for one computation.

    >>> memo = TableMemo(max_bytes=1000)
    >>> memo.get("threes", lambda: np.full(2, 3)).tolist()
    [3, 3]
    >>> memo.kept_bytes
    16

    Args:
        max_bytes: Bytes of all arrays together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept_bytes = 0
        self._kept: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()
        self._under_way: dict[Hashable, Future[NDArray[Any]]] = {}
        self._lock = Lock()

    @property
    def max_bytes(self) -> int:
        """Bytes that all arrays may have together."""
        return self._max_bytes

    @property
    def kept_bytes(self) -> int:
        """Bytes of the arrays that are kept now."""
        return self._kept_bytes

    def get(self, key: Hashable, make: Callable[[], NDArray[Scalar]]) -> NDArray[Scalar]:
        """The array of a key, computed unless it is kept.

        An array above the bound is computed and returned, but not kept. What make raises is
        raised in every thread that waits for it, and is not kept.

        Args:
            key: Tells the array apart from every other array of this memo.
            make: Computes the array; must not ask this memo for the same key.

        Returns:
            The array, read-only.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            mine: Future[NDArray[Any]] = Future()
            under_way = self._under_way.setdefault(key, mine)
        return self._made(key, make, mine) if under_way is mine else under_way.result()

    def resize(self, max_bytes: int) -> None:
        """Change the bound; what no longer fits is forgotten."""
        with self._lock:
            self._max_bytes = max_bytes
            self._forget_surplus()

    def _made(
        self,
        key: Hashable,
        make: Callable[[], NDArray[Scalar]],
        result: Future[NDArray[Any]],
    ) -> NDArray[Scalar]:
        try:
            made = make()
        except BaseException as fault:  # whatever it is, those who wait must not wait for ever
            with self._lock:
                del self._under_way[key]
            result.set_exception(fault)
            raise
        made.setflags(write=False)
        with self._lock:
            del self._under_way[key]
            self._keep(key, made)
        result.set_result(made)
        return made

    def _keep(self, key: Hashable, made: NDArray[Any]) -> None:
        if made.nbytes <= self._max_bytes:
            self._kept[key] = made
            self._kept_bytes += made.nbytes
            self._forget_surplus()

    def _forget_surplus(self) -> None:
        while self._kept_bytes > self._max_bytes:
            _, forgotten = self._kept.popitem(last=False)
            self._kept_bytes -= forgotten.nbytes


TABLES: Final = TableMemo(DEFAULT_BYTES)

"""A long computation, advanced value by value in threads, and stopped at any of them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final, Generic, TypeVar

from app.web.places import Places

T = TypeVar("T")


class _End:
    """What follows the last value."""


_END: Final = _End()


class Computation(Generic[T]):
    """Values of an iterator, computed in a pool and always one ahead of what was taken.

    Args:
        executor: Where the iterator is made, advanced and closed; never in two threads at once.
        places: Where the computation takes its place.
        values: Makes the iterator.
    """

    def __init__(
        self, executor: ThreadPoolExecutor, places: Places, values: Callable[[], Iterator[T]]
    ) -> None:
        places.take()
        self._places = places
        self._executor = executor
        self._values = values
        self._iterator: Iterator[T] | None = None
        self._ahead = executor.submit(self._advance)

    async def take(self) -> T | None:
        """The next value; None after the last."""
        if self._ahead.done():
            # a computation faster than its client must not keep others from the event loop
            await asyncio.sleep(0)
            value = self._ahead.result()
        else:
            value = await asyncio.wrap_future(self._ahead)
        if isinstance(value, _End):
            return None
        self._ahead = self._executor.submit(self._advance)
        return value

    def close(self) -> None:
        """Stop after the value that is being computed, and only then give the place back."""
        self._ahead.cancel()
        self._ahead.add_done_callback(self._close_in_pool)

    def _advance(self) -> T | _End:
        if self._iterator is None:
            self._iterator = self._values()
        return next(self._iterator, _END)

    def _close_in_pool(self, _last: Future[T | _End]) -> None:
        # once the executor is shut down, the process ends, and with it what is left here
        with suppress(RuntimeError):
            closing = self._executor.submit(self._close_iterator)
            closing.add_done_callback(self._places.give_back)
            closing.add_done_callback(_log_failure)

    def _close_iterator(self) -> None:
        # an iterator need not be a generator
        close = getattr(self._iterator, "close", None)
        if close is not None:
            close()


def _log_failure(closing: Future[None]) -> None:
    if closing.cancelled():  # the pool shuts down, and what is left ends with the process
        return
    if error := closing.exception():
        logging.getLogger(__name__).error("a computation failed to close", exc_info=error)

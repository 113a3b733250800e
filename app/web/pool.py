"""The threads that compute: bounded, fair value by value, and never in the event loop."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar, cast

from starlette.requests import Request

from app.web.computation import Computation
from app.web.departure import watch_departure
from app.web.places import Places
from app.web.problems import RequestRefusedError

P = ParamSpec("P")
T = TypeVar("T")


class StreamPool:
    """The threads of one application, and the places at them.

    Attributes:
        streams: Places for responses that are being streamed.
        jobs: Places for work that ends in one value.
    """

    def __init__(self, *, threads: int, max_streams: int) -> None:
        self.streams = Places(max_streams)
        self.jobs = Places(max_streams)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="pool")
        # one thread: who waits for a table that is being computed holds up no other work
        self._preparer = ThreadPoolExecutor(1, thread_name_prefix="tables")

    def open(self, values: Callable[[], Iterator[T]]) -> Computation[T]:
        """Begin a stream; whoever opens it closes it.

        Raises:
            RequestRefusedError: 503 when there are as many streams as there may be.
        """
        return Computation(self._executor, self.streams, values)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The value of a short function, computed in the pool.

        Raises:
            RequestRefusedError: 503 when as much work waits as may.
        """
        return await self._value(self._executor, partial(function, *args, **kwargs))

    async def prepare(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The value of a function that takes seconds, one after another in a thread of its own.

        Raises:
            RequestRefusedError: 503 when as much work waits as may.
        """
        return await self._value(self._preparer, partial(function, *args, **kwargs))

    async def _value(self, executor: ThreadPoolExecutor, function: Callable[[], T]) -> T:
        self.jobs.take()
        work = executor.submit(function)
        work.add_done_callback(self.jobs.give_back)
        return await asyncio.wrap_future(work)

    async def last_value(self, request: Request, values: Callable[[], Iterator[T]]) -> T:
        """The last value of an iterator: long work that stops when the client leaves.

        Raises:
            RequestRefusedError: 503 when as much work waits as may; 499, which nobody gets to
                see, when the client left.
            ValueError: when there is no value at all.
        """
        computation = Computation(self._executor, self.jobs, values)
        try:
            async with watch_departure(request.receive) as departure:
                return await _last(computation, departure)
        finally:
            computation.close()

    def close(self) -> None:
        """Refuse further work, and let the threads end with what they are computing."""
        self.streams.close()
        self.jobs.close()
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._preparer.shutdown(wait=False, cancel_futures=True)


def pool_of(request: Request) -> StreamPool:
    """The pool of the application that serves the request."""
    return cast("StreamPool", request.app.state.pool)


async def _last(computation: Computation[T], departure: asyncio.Task[None]) -> T:
    last = following = await computation.take()
    while following is not None:
        if departure.done():
            raise RequestRefusedError(
                status=499, code="client-left", title="The client left before the answer was there"
            )
        last, following = following, await computation.take()
    if last is None:
        message = "a computation of no values has no last one"
        raise ValueError(message)
    return last

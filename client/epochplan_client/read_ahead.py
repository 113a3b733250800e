"""Blocks that are there before training asks for them."""

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Any, Protocol
from weakref import finalize

from epochplan_client.clock import Clock, Place, Span
from epochplan_client.errors import EpochplanError, ServiceUnavailableError
from epochplan_client.persistence import Pause
from epochplan_client.rank_epoch import Indices


class Blocks(Protocol):
    """Where the sample indices of one rank come from."""

    @property
    def index_bytes(self) -> int:
        """Bytes of one sample index."""
        ...

    def indices(self, span: Span, *, pause: Pause = time.sleep) -> Indices:
        """The sample indices of the rank in some steps of an epoch."""
        ...


class ReadAhead:
    """Fetches the blocks that follow in a thread, across the ends of epochs.

    Holds `ahead` blocks that nobody has asked for, and the one that was asked for last. Whoever
    asks for another block than the next one makes it begin anew from there. A process that was
    forked, or that this was pickled into, begins anew as well.

    Args:
        blocks: Where they come from.
        clock: The steps of the run.
        steps: Steps of a block.
        ahead: Blocks that are fetched beforehand, at least 1.
    """

    def __init__(self, blocks: Blocks, clock: Clock, *, steps: int, ahead: int) -> None:
        self.blocks = blocks
        self.clock = clock
        self.steps = steps
        self.ahead = ahead
        self._reader: _Reader | None = None
        self._end: Callable[[], object] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the thread."""
        return self.__dict__ | {"_reader": None, "_end": None}

    def take(self, span: Span) -> Indices:
        """The sample indices of a block; waits until they are there.

        Raises:
            EpochplanError: The block cannot be had.
        """
        asked, reader = time.monotonic(), self._reader
        if reader is None or not reader.is_next(span):
            reader = self._begin(span)
        outcome = reader.take()
        if isinstance(outcome, ServiceUnavailableError) and reader.began < asked:
            # its patience ran before anybody waited; that of training begins with the waiting
            outcome = self._begin(span).take()
        if isinstance(outcome, EpochplanError):
            self.close()
            raise outcome
        return outcome

    def close(self) -> None:
        """Fetch no more."""
        if self._end is not None:
            self._end()
        self._reader = self._end = None

    def _begin(self, span: Span) -> "_Reader":
        self.close()
        place = Place(span.epoch, span.start_step)
        spans = partial(self.clock.spans, place, steps=self.steps)
        self._reader = reader = _Reader(self.blocks, spans(), ahead=self.ahead)
        # the thread knows the reader alone, and ends with whoever would have asked it
        self._end = finalize(self, reader.close)
        # started last: whoever sees that something is fetched can also close it
        reader.start(spans())
        return reader


class _StoppedError(Exception):
    """Nobody waits for the blocks any more."""


class _Reader:
    """A thread, and the blocks that it has fetched and nobody has taken.

    Attributes:
        began: When the last fetch began, on the monotonic clock, in seconds.
    """

    def __init__(self, blocks: Blocks, expected: Iterator[Span], *, ahead: int) -> None:
        self.began = time.monotonic()
        self._blocks = blocks
        self._process = os.getpid()
        self._outcomes: SimpleQueue[Indices | EpochplanError] = SimpleQueue()
        self._room = Semaphore(ahead)
        self._stop = Event()
        self._expected = expected
        self._next = next(self._expected, None)

    def start(self, spans: Iterator[Span]) -> None:
        """Begin to fetch these blocks."""
        Thread(target=self._read, args=(spans,), name="epochplan-read-ahead", daemon=True).start()

    def is_next(self, span: Span) -> bool:
        """Whether a block is the one that comes next, in this very process."""
        return self._process == os.getpid() and self._next == span

    def take(self) -> Indices | EpochplanError:
        """The next block, or why there is none."""
        outcome = self._outcomes.get()
        self._next = next(self._expected, None)
        self._room.release()
        return outcome

    def close(self) -> None:
        """End the thread; the locks of another process are not touched."""
        if self._process == os.getpid():
            self._stop.set()
            self._room.release()

    def _read(self, spans: Iterator[Span]) -> None:
        ended = EpochplanError("the thread that reads ahead has ended; see its traceback")
        try:
            for span in spans:
                self._wait_for_room()
                self.began = time.monotonic()
                self._outcomes.put(self._blocks.indices(span, pause=self._pause))
        except _StoppedError:
            ended = EpochplanError("the sampler was closed while a block was waited for")
        except EpochplanError as error:
            ended = error
        finally:
            self._outcomes.put(ended)

    def _wait_for_room(self) -> None:
        self._room.acquire()
        if self._stop.is_set():
            raise _StoppedError

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _StoppedError

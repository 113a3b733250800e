"""Trying again, for a bounded time: what a restart or a busy moment of the service needs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Final, Self, TypeVar

from epochplan_client.errors import EpochplanError, ServiceUnavailableError

T = TypeVar("T")
Pause = Callable[[float], object]

_FIRST_DELAY: Final = 0.1
_LONGEST_DELAY: Final = 5.0
_DOUBLINGS: Final = 6  # beyond them the delay is at its longest anyway
_SHORTEST_ATTEMPT: Final = 0.05
# ranks that lost the same service must not come back all at once, however they are seeded
_CHANCE: Final = SystemRandom()


class TemporaryError(EpochplanError):
    """Something that may be over a moment later; never leaves this package.

    Attributes:
        retry_after: Seconds for which the service asks to be left alone; 0 if it does not.
    """

    def __init__(self, message: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time of the monotonic clock, in seconds."""

    moment: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The point in time that is so far away."""
        return cls(time.monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        """Seconds until then; negative when it is over."""
        return self.moment - time.monotonic()

    def check(self) -> None:
        """Give up what takes longer.

        Raises:
            TemporaryError: The time is over.
        """
        if self.seconds_left <= 0:
            message = "the answer takes too long"
            raise TemporaryError(message)


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long something is tried.

    Attributes:
        seconds: Bound of the whole time, all attempts and pauses together.
        retries: Most attempts after the first one; None: as many as the time allows.
    """

    seconds: float
    retries: int | None = None

    def until(self, deadline: Deadline) -> Self:
        """The same, of one part of what a deadline bounds as a whole."""
        return replace(self, seconds=deadline.seconds_left)


def persist(
    work: Callable[[Deadline], T], persistence: Persistence, *, pause: Pause = time.sleep
) -> T:
    """What some work returns, tried again while it fails for a moment.

    >>> persist(lambda deadline: deadline.seconds_left > 1, Persistence(seconds=60.0))
    True

    Args:
        work: Raises TemporaryError for what is worth another attempt.
        persistence: When to give up.
        pause: Waits for so many seconds; whatever it raises ends everything.

    Raises:
        ServiceUnavailableError: It failed every time.
    """
    deadline, attempt = Deadline.after(persistence.seconds), 0
    while True:
        try:
            return work(deadline)
        except TemporaryError as fault:
            left = deadline.seconds_left
            if attempt == persistence.retries or left < _SHORTEST_ATTEMPT:
                raise _given_up(fault, attempts=attempt + 1) from fault
            delay = _delay(fault, attempt, left)
        pause(delay)
        attempt += 1


def backoff(attempt: int) -> float:
    """Seconds to wait after so many failed attempts: twice as long each time, with jitter.

    >>> 0.05 <= backoff(0) <= 0.1, backoff(1000) <= 5.0
    (True, True)
    """
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(attempt, _DOUBLINGS))
    return longest * _CHANCE.uniform(0.5, 1.0)


def _delay(fault: TemporaryError, attempt: int, left: float) -> float:
    """Seconds until the next attempt, for which some of those that are left remain."""
    if fault.retry_after < left:
        return max(fault.retry_after, min(backoff(attempt), left / 2))
    # there is no such time: it is asked on the way, as seldom as anybody is
    return min(backoff(_DOUBLINGS), left / 2)


def _given_up(fault: TemporaryError, *, attempts: int) -> ServiceUnavailableError:
    times = "once" if attempts == 1 else f"{attempts} times"
    asked = f" (it asks to come back in {fault.retry_after:g} s)" if fault.retry_after else ""
    return ServiceUnavailableError(f"{fault}{asked}; tried {times}")

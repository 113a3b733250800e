"""A bound on how much is under way at once."""

import threading

from app.web.problems import RequestRefusedError


class Places:
    """A number of places, to be taken and given back from any thread.

    >>> places = Places(1)
    >>> places.take()
    >>> places.take()
    Traceback (most recent call last):
    ...
    app.web.problems.RequestRefusedError: 503 too-busy

    Attributes:
        taken: How many places are taken now.
    """

    def __init__(self, limit: int) -> None:
        self.taken = 0
        self._limit = limit
        self._lock = threading.Lock()

    def take(self) -> None:
        """Take a place.

        Raises:
            RequestRefusedError: 503 when none is free.
        """
        with self._lock:
            if self.taken >= self._limit:
                raise RequestRefusedError(
                    status=503,
                    code="too-busy",
                    title="The service computes as many answers at once as it may",
                    headers={"Retry-After": "1"},
                )
            self.taken += 1

    def give_back(self, _of: object = None) -> None:
        """Free a place; usable as the callback of a future."""
        with self._lock:
            self.taken -= 1

    def close(self) -> None:
        """Have no free place from now on."""
        with self._lock:
            self._limit = 0

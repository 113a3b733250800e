"""An HTTP client that is closed when the last request through it is over."""

from threading import Lock

import httpx


class Session:
    """An HTTP client, and how many requests are under way through it.

    A client that is closed while another thread is connecting would lose that connection without
    ever closing it; so it is closed by whoever is the last to leave.

    Args:
        client: Nobody else closes it.
    """

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._requests = 0
        self._is_ended = False
        self._lock = Lock()

    def enter(self) -> bool:
        """Begin a request; False where the session has ended, and another one is to be taken."""
        with self._lock:
            self._requests += not self._is_ended
            return not self._is_ended

    def leave(self) -> None:
        """End a request that was begun."""
        with self._lock:
            self._requests -= 1
            is_last = self._is_ended and self._requests == 0
        if is_last:
            self.client.close()

    def end(self) -> None:
        """Take no more requests, and close the client as soon as none is under way."""
        with self._lock:
            is_last = not self._is_ended and self._requests == 0
            self._is_ended = True
        if is_last:
            self.client.close()

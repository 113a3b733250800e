"""A clock that stands still but for pauses, in place of the module that has the real one."""


class PausedClock:
    """Begins at 0; whoever waits by it does not."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        """Seconds that were waited so far."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Let some seconds be over."""
        self._now += seconds

"""Waiting for what another thread does."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something becomes true before a patient observer gives up."""
    give_up = time.monotonic() + 10
    while not holds() and time.monotonic() < give_up:
        time.sleep(0.005)
    return holds()

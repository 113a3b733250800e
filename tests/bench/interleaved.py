"""Measures sides that take turns, so that what disturbs the machine disturbs all of them."""

import time
from collections.abc import Callable, Sequence

from tests.bench.result import Spread

Side = Callable[[], float]


def interleaved(
    sides: Sequence[Side], repetitions: int, *, warm_up: bool = True
) -> list[list[float]]:
    """Seconds of every side, one list each.

    Every second repetition runs the other way round, so that no side always follows the same one.

    Args:
        sides: Each does its work once and returns the seconds that it took by its own clock.
        repetitions: How often every side is run.
        warm_up: Whether every side runs once more before, without being counted.
    """
    if warm_up:
        for side in sides:
            side()
    found: list[list[float]] = [[] for _ in sides]
    for repetition in range(repetitions):
        turns = list(zip(sides, found, strict=True))
        for side, seconds in reversed(turns) if repetition % 2 else turns:
            seconds.append(side())
    return found


def ratios(numerators: Sequence[float], denominators: Sequence[float]) -> Spread:
    """Of what was measured in the same repetition, one to the other.

    The speed of A relative to B is `ratios(seconds_of_b, seconds_of_a)`.
    """
    return Spread.of([a / b for a, b in zip(numerators, denominators, strict=True)])


def timed(work: Callable[[], object], *, goes: int = 1) -> Side:
    """A side that runs some work of this process, so many goes in a row; mean seconds of one.

    Of several goes the first is not counted: it finds the caches full of what the other side left.
    """

    def side() -> float:
        if goes > 1:
            work()
        counted = max(1, goes - 1)
        start = time.perf_counter()
        for _ in range(counted):
            work()
        return (time.perf_counter() - start) / counted

    return side

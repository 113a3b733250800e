"""How many different samples leave a shuffle buffer; floating point, as in coverage."""

from dataclasses import dataclass
from math import exp, expm1, inf, log, log1p

from app.arithmetic.coverage import SIGNIFICANT_DIGITS, Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferedPasses:
    """Passes through a pool of samples, each handed out by a shuffle buffer, seldom to its end.

    >>> passes = BufferedPasses(
    ...     pool_size=10, buffer_size=10, passes=3, pass_samples=8, last_pass_samples=8, fresh=True
    ... )
    >>> round(passes.distinct_samples, 6), passes.exact
    (9.92, False)

    Attributes:
        pool_size: Samples of the pool, at least 1.
        buffer_size: Samples that wait together, at least 1; 1 keeps the order of the pool.
        passes: Passes that are begun, at least 1.
        pass_samples: Samples that every pass but the last one hands out.
        last_pass_samples: Samples that the last pass hands out, at most as many.
        fresh: Whether every pass has seeds of its own; else all are alike.
    """

    pool_size: int
    buffer_size: int
    passes: int
    pass_samples: int
    last_pass_samples: int
    fresh: bool

    @property
    def exact(self) -> bool:
        """Whether the number is the same for every seed."""
        alike = self.passes == 1 or self.buffer_size == 1 or not self.fresh
        return alike or self._longest_pass in {0, self.pool_size}

    @property
    def distinct_samples(self) -> float:
        """Different samples that are handed out: a whole number where exact, else expected."""
        if self.exact:
            return self._longest_pass
        return self.pool_size - self._missed()

    @property
    def _longest_pass(self) -> int:
        return self.pass_samples if self.passes > 1 else self.last_pass_samples

    def _missed(self) -> float:
        """Sum, over the pool, of the chance that a sample leaves in none of the passes.

        A sample waits through so many draws of a full buffer, each of which spares it with the
        chance 1 - 1/buffer_size; the draws of the emptying buffer spare a constant share of what
        is left. Samples that enter later wait through one draw less each, so that the sum is
        made of geometric ones.
        """
        size = min(self.buffer_size, self.pool_size)
        spared = log1p(-1 / size)
        turns = [(self.passes - 1, self.pass_samples), (1, self.last_pass_samples)]
        full = [(times, min(draws, self.pool_size - size)) for times, draws in turns]
        logs = [times * self._log_left(size, draws) for times, draws in turns]
        first = size * exp(sum(logs) + spared * sum(times * draws for times, draws in full))
        missed, entered, later = first, 0, sorted(zip(full, logs, strict=True), key=_draws)
        while later:
            # all samples that entered before the shortest of the passes ended
            stop = later[0][0][1]
            start = sum(each + spared * times * (draws - 1) for (times, draws), each in later)
            slope = -spared * sum(times for (times, _), _ in later)
            missed += _geometric(start + slope * entered, slope, stop - entered)
            entered, later = max(entered, stop), later[1:]
        return missed + (self.pool_size - size - entered)

    def _log_left(self, size: int, draws: int) -> float:
        """Logarithm of the share of an emptying buffer that is left after all draws."""
        left = self.pool_size - draws
        return 0.0 if left >= size else log(left / size) if left else -inf


def buffer_coverage(groups: list[tuple[int, BufferedPasses]], *, dataset_size: int) -> Coverage:
    """Distinct samples of a run whose ranks have pools of their own, or a common one.

    >>> passes = BufferedPasses(
    ...     pool_size=5, buffer_size=2, passes=2, pass_samples=4, last_pass_samples=4, fresh=True
    ... )
    >>> buffer_coverage([(2, passes)], dataset_size=10).distinct_samples
    9.328125

    Args:
        groups: How many pools are alike, and what is handed out of each of them.
        dataset_size: Samples of all pools together.
    """
    exact = all(passes.exact for _, passes in groups)
    if exact:
        count = sum(pools * int(passes.distinct_samples) for pools, passes in groups)
        return Coverage(distinct_samples=count, fraction=rounded(count / dataset_size), exact=True)
    distinct = sum(pools * passes.distinct_samples for pools, passes in groups)
    return Coverage(
        distinct_samples=rounded(distinct),
        fraction=rounded(distinct / dataset_size),
        exact=False,
    )


def _draws(entry: tuple[tuple[int, int], float]) -> int:
    return entry[0][1]


def _geometric(start: float, slope: float, count: int) -> float:
    """Sum of exp(start + slope * number) over the first numbers; slope is positive."""
    if count <= 0:
        return 0.0
    last = start + slope * (count - 1)
    return exp(last) * expm1(-slope * count) / expm1(-slope)


def rounded(value: float) -> float:
    """A value to the digits that a coverage has.

    >>> rounded(2 / 3)
    0.666666666667
    """
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

"""How many different samples a run of Grain sees."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import expm1, gcd, log1p
from typing import Final

import numpy as np

from app.arithmetic.coverage import SIGNIFICANT_DIGITS, Coverage
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks.grain.stream import GrainStream, LoaderStream
from app.sampling.index_shuffle import IndexShuffle

_ENUMERATED: Final = 2**18
"""Members that are looked at one by one; beyond, a count is given as an expectation."""

_PASSES: Final = 2**12
"""Passes that are looked at one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Members of a stream that a run reads: all of the first ones, then some of each turn.

    >>> reach = Reach(prefix=6, turn=3, first=2, turns=2)
    >>> [reach.count_below(bound) for bound in range(6, 14)]
    [6, 7, 8, 8, 9, 10, 10, 10]

    Attributes:
        prefix: Members of which every one is read.
        turn: Members of a turn, behind the prefix.
        first: The first members of a turn are read, so many of them.
        turns: How many turns.
    """

    prefix: int
    turn: int = 1
    first: int = 0
    turns: int = 0

    @property
    def stop(self) -> int:
        """The member behind the last one that is read."""
        return (
            self.prefix + (self.turns - 1) * self.turn + self.first if self.first else self.prefix
        )

    def count_below(self, bound: int) -> int:
        """Members that are read below a bound."""
        if bound <= self.prefix:
            return bound
        turns, rest = divmod(min(bound - self.prefix, self.turn * self.turns), self.turn)
        return self.prefix + turns * self.first + min(rest, self.first)

    def distinct_residues(self, size: int) -> int | None:
        """Different members modulo a size above the prefix; None where there are too many."""
        turns, first = min(self.turns, size // gcd(self.turn, size)), min(self.first, size)
        if turns * first > _ENUMERATED:
            return None
        starts = np.array([(self.prefix + turn * self.turn) % size for turn in range(turns)])
        residues = np.unique((starts[:, None] + np.arange(first)) % size)
        return self.prefix + int(np.count_nonzero(residues >= self.prefix))

    def log_missed(self, size: int) -> float | None:
        """Logarithm of the chance that a sample of so many is read in no pass; None for never.

        Passes are looked at one by one, and what lies behind many of them as if it were spread
        evenly.
        """
        passes = ceil_div(self.stop, size)
        alone = min(passes, _PASSES)
        bounds = map(self.count_below, (number * size for number in range(alone + 1)))
        counts = [stop - start for start, stop in pairwise(bounds)]
        if max(counts) >= size:
            return None
        rest = Fraction(self.count_below(self.stop) - sum(counts), max(1, passes - alone) * size)
        return sum(log1p(-count / size) for count in counts) + (passes - alone) * log1p(-rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Samples of one range that are seen: a count, or an expectation."""

    samples: int | float
    exact: bool


def grain_coverage(spec: TrainingSpec, stream: GrainStream, run: Run) -> Coverage:
    """Distinct samples of a run: a count, or the expectation over all seeds.

    With k_j of n samples read in pass j it is n (1 - product of 1 - k_j / n).
    """
    reach, ranges, method = _reach(stream, run), stream.ranges, spec.sampling.method
    kinds = ((ranges.least + 1, ranges.larger), (ranges.least, ranges.ranks - ranges.larger))
    seen = [(count, _seen(reach, size, method)) for size, count in kinds if count]
    exact = all(each.exact for _, each in seen)
    distinct = sum(count * each.samples for count, each in seen)
    return Coverage(
        distinct_samples=distinct if exact else _rounded(distinct),
        fraction=_rounded(distinct / spec.dataset_size),
        exact=exact,
    )


def _reach(stream: GrainStream, run: Run) -> Reach:
    """What a run reads of each range."""
    size, ranks = stream.batch.micro_batch_size, stream.batch.data_parallel_size
    if not isinstance(stream, LoaderStream):
        rows, rest = divmod(run.total_samples, size * ranks)
        if not stream.drop_remainder:
            return Reach(prefix=run.total_samples)
        return Reach(prefix=rows * size * ranks, turn=ranks, first=rest // size, turns=size)
    mine, workers = run.total_samples // ranks, stream.workers
    if mine == stream.members:
        return Reach(prefix=mine)
    rounds, rest = divmod(mine, workers.round_members)
    first = rest // size
    return Reach(
        prefix=rounds * workers.round_members, turn=workers.workers, first=first, turns=size
    )


def _seen(reach: Reach, size: int, method: SamplingMethod) -> _Seen:
    """Samples of a range of so many samples that are seen."""
    shuffled = method is not SamplingMethod.SEQUENTIAL
    reachable = size - (len(IndexShuffle(size=size, seed=0).unreached) if shuffled else 0)
    if reach.prefix >= size:
        return _Seen(samples=reachable, exact=True)
    in_first_pass = reach.count_below(reachable)
    if reach.stop <= size:
        return _Seen(samples=in_first_pass, exact=True)
    log_missed = reach.log_missed(size)
    if log_missed is None:
        return _Seen(samples=reachable, exact=True)
    distinct = None if method is SamplingMethod.SHUFFLE else reach.distinct_residues(size)
    if distinct is not None:
        return _Seen(samples=min(distinct, reachable), exact=True)
    return _Seen(samples=reachable * -expm1(log_missed), exact=False)


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

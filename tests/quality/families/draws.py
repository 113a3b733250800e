"""Draws with replacement: independent, and every sample equally likely each time."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy.special import comb

from app.sampling.keys import Purpose
from tests.quality.chi_square import Numbers, chi_square, counted
from tests.quality.differences import free_difference, frequency, serial
from tests.quality.effort import Effort
from tests.quality.family import Family, Statistic
from tests.quality.outcome import Outcome
from tests.quality.two_samples import uniform
from tests.quality.wanted import Source, Values, Wanted
from tests.quality.weak_small import UnmixedDraws

COUNT = 4_096
ORDERS = 1_024
POINTS = 256  # on a circle, for the largest gap between them
THIRDS = 3 * 2**61  # 2**64 words do not fill it evenly: without rejection, remainders differ
REJECTS_A_QUARTER = 2**62 + 1


def families(effort: Effort) -> Iterator[Family]:
    """Three sizes, each for what it shows best."""
    tests: dict[int, dict[str, Statistic]] = {
        1_000: {
            "frequency": partial(frequency, size=1_000, repeats=True),
            "serial": partial(serial, size=1_000, repeats=True),
            "difference": partial(_difference, 1_000),
            "gaps of one sample": partial(_gaps, 1_000),
        },
        REJECTS_A_QUARTER: {
            "frequency": partial(frequency, size=REJECTS_A_QUARTER, repeats=True),
            "serial": partial(serial, size=REJECTS_A_QUARTER, repeats=True),
            "difference": partial(_difference, REJECTS_A_QUARTER),
            "largest gap": partial(_largest_gap, REJECTS_A_QUARTER),
        },
        THIRDS: {"remainder of 3": _remainder},
    }
    for size, statistics in tests.items():
        wanted = Wanted(
            size=size,
            seeds=effort.seeds(ORDERS),
            count=COUNT,
            purpose=Purpose.WITH_REPLACEMENT,
        )
        yield Family(
            name=f"draws, N = {size:,}",
            sample=partial(_draws, wanted),
            statistics=statistics,
            weak=(UnmixedDraws(),),
        )


def _draws(wanted: Wanted, source: Source) -> Values:
    return source.values(wanted)


def _difference(size: int, draws: Values) -> Outcome:
    return free_difference(draws[..., :-1], draws[..., 1:], size)


def _remainder(draws: Values) -> Outcome:
    return chi_square(counted(draws % 3, 3), np.full(3, 1 / 3))


def _gaps(size: int, draws: Values) -> Outcome:
    """Draws between one sample and its next coming, over all the orders; long gaps together."""
    hits = np.flatnonzero(draws.ravel() == 0)
    longest = 5 * size
    gaps = np.minimum(np.diff(hits) - 1, longest)
    shares = (1 - 1 / size) ** np.arange(longest + 1) / size
    shares[-1] *= size
    return chi_square(counted(gaps, longest + 1), shares)


def _largest_gap(size: int, draws: Values) -> Outcome:
    """Of every 256 draws on a circle; its distribution function makes it uniform."""
    points = np.sort(draws.reshape(-1, POINTS) / float(size), axis=-1)
    gaps = np.diff(points, axis=-1, append=points[:, :1] + 1).max(axis=-1)
    return uniform(_largest_gap_shares(gaps))


def _largest_gap_shares(gaps: Numbers) -> Numbers:
    """How likely all the gaps are smaller (Stevens 1939); terms far out only lose precision."""
    gaps = np.clip(gaps, 2 / POINTS, 1)
    terms = np.arange(60)
    rest = np.clip(1 - np.multiply.outer(gaps, terms), 0, 1) ** (POINTS - 1)
    shares: Numbers = rest @ ((-1.0) ** terms * comb(POINTS, terms))
    return shares

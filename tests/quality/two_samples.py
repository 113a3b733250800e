"""Whether two samples of numbers have the same distribution."""

import numpy as np
from scipy.special import kolmogorov

from tests.quality.chi_square import Numbers, normal
from tests.quality.outcome import Outcome


def kolmogorov_smirnov(first: Numbers, second: Numbers) -> Outcome:
    """The largest distance of the distribution functions; p is that of large samples."""
    both = np.sort(np.concatenate([first, second]))
    below = [
        np.searchsorted(np.sort(sample), both, side="right") / sample.size
        for sample in (first, second)
    ]
    distance = float(np.abs(below[0] - below[1]).max())
    size = first.size * second.size / (first.size + second.size)
    p = float(kolmogorov(distance * np.sqrt(size)))
    return Outcome(distance, p, f"distance, {first.size:,} of each")


def mann_whitney(first: Numbers, second: Numbers) -> Outcome:
    """How often a number of the first sample is the larger one; ties count half."""
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left").sum()
    not_above = np.searchsorted(ordered, first, side="right").sum()
    pairs, both = first.size * second.size, first.size + second.size
    deviation = np.sqrt(pairs * (both + 1) / 12)
    return normal(float(below + not_above) / 2, mean=pairs / 2, deviation=float(deviation))


def uniform(values: Numbers) -> Outcome:
    """Kolmogorov and Smirnov's test of numbers that are uniform in [0, 1]."""
    ordered = np.sort(values)
    steps = np.arange(ordered.size + 1) / ordered.size
    distance = float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))
    p = float(kolmogorov(distance * np.sqrt(ordered.size)))
    return Outcome(distance, p, f"distance of {ordered.size:,}")

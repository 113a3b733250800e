"""Models trained in native orders end as those trained in NumPy's orders do."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from tests.quality.control import ControlSource
from tests.quality.effort import Effort
from tests.quality.family import Family, Sample
from tests.quality.outcome import Outcome
from tests.quality.softmax import Digits, final_losses
from tests.quality.two_samples import kolmogorov_smirnov, mann_whitney
from tests.quality.wanted import Source, Values, Wanted

BASELINE = ControlSource(stream=1)


@dataclass(frozen=True, slots=True)
class Training:
    """What the regressions have in common.

    Attributes:
        copies: Of the 1,797 digits; 37 make so many samples that their order is a network.
        noise: Standard deviation, added to every pixel.
        epochs: Passes through the dataset.
        step_samples: Samples of a step.
        seeds: One regression each.
    """

    copies: int
    noise: float
    epochs: int
    step_samples: int
    seeds: range

    def losses(self, source: Source) -> Sample:
        """Of all the regressions, at the end."""
        digits = _digits(self.copies, self.noise)
        size = digits.labels.size
        epochs = [
            source.values(Wanted(size=size, seeds=self.seeds, count=size, number=number))[:, 0]
            for number in range(self.epochs)
        ]
        return final_losses(digits, epochs, step_samples=self.step_samples)


@cache
def _digits(copies: int, noise: float) -> Digits:
    return Digits.copied(copies, noise=noise)


@cache
def _baseline(training: Training) -> Sample:
    return training.losses(BASELINE)


@dataclass(frozen=True, slots=True)
class SortedByLabel:
    """One digit after another, in random order of the digits: never mixed."""

    copies: int
    noise: float
    name: str = "sorted by label"

    def values(self, wanted: Wanted) -> Values:
        orders = ControlSource().values(wanted)[:, 0]
        labels = _digits(self.copies, self.noise).labels[orders]
        ranks = np.array([np.random.default_rng(seed).permutation(10) for seed in wanted.seeds])
        turns = np.take_along_axis(ranks, labels, axis=-1)
        by_label = np.argsort(turns, axis=-1, kind="stable")
        return np.take_along_axis(orders, by_label, axis=-1)[:, None]


def families(effort: Effort) -> Iterator[Family]:
    """The digits, whose order is a table, and noisy copies of them, whose order is a network."""
    trainings = {
        "digits": Training(1, 0.0, 2, 64, effort.seeds(1_000)),
        "37 noisy copies of the digits": Training(37, 0.1, 1, 512, effort.seeds(200)),
    }
    for name, training in trainings.items():
        yield Family(
            name=f"softmax regression, {name}",
            sample=partial(_against_the_baseline, training),
            statistics={
                "final loss, Kolmogorov-Smirnov": _smirnov,
                "final loss, Mann-Whitney": _mann_whitney,
            },
            weak=(SortedByLabel(training.copies, training.noise),),
        )


def _against_the_baseline(training: Training, source: Source) -> Sample:
    return np.stack([training.losses(source), _baseline(training)])


def _smirnov(losses: Sample) -> Outcome:
    return kolmogorov_smirnov(losses[0], losses[1])


def _mann_whitney(losses: Sample) -> Outcome:
    return mann_whitney(losses[0], losses[1])

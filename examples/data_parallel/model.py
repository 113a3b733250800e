"""Softmax regression: the smallest model whose loss curve is worth comparing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEATURES = 65
CLASSES = 10
_LEARNING_RATE = 0.5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GradientSum:
    """What some samples of a step contribute to it: sums, never means.

    Sums of any division of a step add up to the same step. Means would not: where the last step
    of an epoch is short, one rank may have 2 samples and the next only 1, or none, and the mean
    of their means gives some samples more weight than others.

    Attributes:
        samples: How many samples were summed over.
        loss: Sum of their cross-entropies, in nats.
        gradient: Sum of their gradients, float64, shape (FEATURES, CLASSES).
    """

    samples: int
    loss: float
    gradient: Array

    def __add__(self, other: "GradientSum") -> "GradientSum":
        """The contribution of both sets of samples together."""
        return GradientSum(
            self.samples + other.samples, self.loss + other.loss, self.gradient + other.gradient
        )

    @property
    def mean_loss(self) -> float:
        """Mean cross-entropy of the samples, in nats."""
        return self.loss / self.samples


def initial_weights() -> Array:
    """Every class equally likely."""
    return np.zeros((FEATURES, CLASSES))


def gradient_sum(weights: Array, features: Array, labels: NDArray[np.int64]) -> GradientSum:
    """The contribution of some samples; a rank without samples contributes zeros.

    >>> nothing = gradient_sum(initial_weights(), np.empty((0, FEATURES)), np.empty(0, np.int64))
    >>> nothing.samples, nothing.loss, float(abs(nothing.gradient).max())
    (0, 0.0, 0.0)
    """
    scores = features @ weights
    scores -= scores.max(axis=1, keepdims=True)  # so that exp cannot overflow
    exponentials = np.exp(scores)
    totals = exponentials.sum(axis=1, keepdims=True)
    of_each = np.arange(len(labels))
    loss = (np.log(totals[:, 0]) - scores[of_each, labels]).sum()
    slopes = exponentials / totals
    slopes[of_each, labels] -= 1
    return GradientSum(len(labels), float(loss), features.T @ slopes)


def stepped(weights: Array, step: GradientSum) -> Array:
    """The weights after one step of gradient descent along the mean gradient of the step."""
    return weights - _LEARNING_RATE / step.samples * step.gradient


def accuracy(weights: Array, features: Array, labels: NDArray[np.int64]) -> float:
    """Share of the samples whose digit is recognised, in [0, 1]."""
    return float(((features @ weights).argmax(axis=1) == labels).mean())

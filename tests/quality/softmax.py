"""Many softmax regressions trained side by side, each in an order of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tests.quality.wanted import Values

Reals = NDArray[np.float32]

CLASSES = 10
BRIGHTEST = 16
LEARNING_RATE = 0.5
AT_ONCE = 32  # regressions; their samples of a step stay in the cache


@dataclass(frozen=True, slots=True)
class Digits:
    """The digits of scikit-learn, or noisy copies of them.

    Attributes:
        features: Shape (samples, 65): the pixels in [0, 1], then a 1 that carries the bias.
        labels: Shape (samples,): the digits 0 to 9.
    """

    features: Reals
    labels: Values

    @classmethod
    def copied(cls, copies: int, *, noise: float) -> Self:
        """Every copy follows the one before as a whole."""
        package = find_spec("sklearn")
        if package is None or package.origin is None:
            message = "the digits come with scikit-learn, which is not installed here"
            raise RuntimeError(message)
        path = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
        table = np.tile(np.loadtxt(path, delimiter=",", dtype=np.float32), (copies, 1))
        pixels = table[:, :-1] / BRIGHTEST
        pixels += np.random.default_rng(0).normal(0, noise, pixels.shape)
        ones = np.ones((len(table), 1), np.float32)
        return cls(np.hstack([pixels, ones]), table[:, -1].astype(np.int64))


def final_losses(digits: Digits, epochs: list[Values], *, step_samples: int) -> Reals:
    """Mean loss over the whole dataset after training, for each regression.

    Args:
        digits: What is trained on.
        epochs: The orders of every epoch, shape (regressions, samples).
        step_samples: Samples of a step; the last one of an epoch has what is left.
    """
    chunks = []
    for first in range(0, len(epochs[0]), AT_ONCE):
        orders = [epoch[first : first + AT_ONCE] for epoch in epochs]
        weights = np.zeros((len(orders[0]), digits.features.shape[1], CLASSES), np.float32)
        for samples in _steps(orders, step_samples):
            weights -= LEARNING_RATE * _mean_gradient(digits, weights, samples)
        chunks.append(_losses(digits, weights))
    return np.concatenate(chunks)


def _steps(epochs: list[Values], step_samples: int) -> Iterator[Values]:
    for orders in epochs:
        for first in range(0, orders.shape[1], step_samples):
            yield orders[:, first : first + step_samples]


def _mean_gradient(digits: Digits, weights: Reals, samples: Values) -> Reals:
    features, labels = digits.features[samples], digits.labels[samples]
    slopes = np.exp(_log_shares(features @ weights))
    np.put_along_axis(
        slopes,
        labels[..., None],
        np.take_along_axis(slopes, labels[..., None], axis=-1) - 1,
        axis=-1,
    )
    return features.swapaxes(-1, -2) @ slopes / np.float32(samples.shape[1])


def _losses(digits: Digits, weights: Reals) -> Reals:
    losses = []
    for each in weights:
        logarithms = _log_shares(digits.features @ each)
        own = np.take_along_axis(logarithms, digits.labels[:, None], axis=-1)
        losses.append(-own.mean(dtype=np.float64))
    return np.array(losses, np.float32)


def _log_shares(scores: Reals) -> Reals:
    """Logarithms of the softmax."""
    scores -= scores.max(axis=-1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return scores

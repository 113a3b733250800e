"""The digits of scikit-learn: 1,797 images of 8 x 8 pixels, each showing one digit."""

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_parallel.errors import TrainingError

_BRIGHTEST = 16.0


@dataclass(frozen=True)
class Digits:
    """The whole dataset, in memory.

    Attributes:
        table: float64, shape (samples, 65): the pixels in [0, 16] row by row, then the digit.
    """

    table: NDArray[np.float64]

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """Shape (samples, 65): the pixels in [0, 1], then a 1 that carries the bias."""
        ones = np.ones((len(self.table), 1))
        return np.hstack([self.table[:, :-1] / _BRIGHTEST, ones])

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Shape (samples,): the digits 0 to 9."""
        return self.table[:, -1].astype(np.int64)


def load_digits() -> Digits:
    """The samples of `sklearn.datasets.load_digits`, in the same order.

    They are read from the file that scikit-learn carries: to import it takes longer than to
    train on them, and every rank process would.

    Raises:
        TrainingError: scikit-learn is not installed, or came without its data.
    """
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        message = "the digits come with scikit-learn, which is not installed here"
        raise TrainingError(message)
    path = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    try:
        return Digits(np.loadtxt(path, delimiter=","))
    except OSError as error:
        message = f"scikit-learn is installed without its digits: {error}"
        raise TrainingError(message) from error

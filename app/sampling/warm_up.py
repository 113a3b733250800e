"""Everything that the first index would wait for, done beforehand."""

import numpy as np

from app.sampling.backend import backend
from app.sampling.blend import Blend
from app.sampling.buffer_shuffle import buffer_shuffled
from app.sampling.index_shuffle import IndexShuffle
from app.sampling.python_reshuffle import python_reshuffled


def warm_up() -> None:
    """Choose the backend, and compile every kernel or read it from the cache.

    Called when the service starts, and once while an image is built, so that the compiled code
    lies in the image.

    >>> warm_up()
    """
    backend()
    Blend.of_sizes((1, 1), size=2).dataset_numbers()
    buffer_shuffled(2, buffer_size=2, seeds=(0, 0))
    IndexShuffle(size=2**15, seed=0).fill(np.empty(1, np.int64), start=0)
    python_reshuffled(2, seed=0, shuffles=1)

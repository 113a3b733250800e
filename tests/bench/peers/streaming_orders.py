"""Times the shuffles of Mosaic Streaming; runs under the Python of its environment."""

import importlib
from typing import Any

import numpy as np

from tests.bench.peers.answering import answer_questions, timed

importlib.import_module("tests.conformance.peers.mosaic_streaming_files")  # makes it importable

import streaming  # noqa: E402 - it does not load before the line above
from streaming.base.shuffle import get_shuffle_py1e, get_shuffle_py1s  # noqa: E402 - as above

SHARD_SAMPLES = 10_000
SHUFFLES = {"py1e": get_shuffle_py1e, "py1s": get_shuffle_py1s}


def shuffle(algorithm: str, size: int, seed: int, goes: int) -> dict[str, Any]:
    """One epoch over shards of 10,000 samples and one canonical node."""
    shards = np.full(size // SHARD_SAMPLES, SHARD_SAMPLES)
    return timed(lambda: SHUFFLES[algorithm](shards, 1, seed, 2), goes=goes)


if __name__ == "__main__":
    answer_questions("mosaicml-streaming", streaming.__version__, {"shuffle": shuffle})

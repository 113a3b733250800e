"""Times the orders of Grain; runs under the Python of its environment."""

import logging
from typing import Any

from tests.bench.peers.answering import answer_questions, timed

logging.disable(logging.WARNING)  # the package tells at import which profilers are missing

import grain  # noqa: E402 - after the line above
from grain._src.python.experimental.index_shuffle.python import (  # noqa: E402 - as above
    index_shuffle_module,
)

ROUNDS = 4


def index_shuffle(
    size: int, count: int, seed: int, start: int = 0, goes: int = 1
) -> dict[str, Any]:
    """Indices of a pass from a position on, one call each, as ShuffleMapDataset makes it."""
    shuffled, last = index_shuffle_module.index_shuffle, size - 1
    positions = range(start, start + count)
    return timed(
        lambda: [
            shuffled(position, max_index=last, seed=seed, rounds=ROUNDS) for position in positions
        ],
        goes=goes,
    )


def index_sampler(size: int, count: int, seed: int) -> dict[str, Any]:
    """The first records that a shuffling IndexSampler names."""
    sampler = grain.samplers.IndexSampler(num_records=size, shuffle=True, num_epochs=1, seed=seed)
    return timed(lambda: [sampler[position].record_key for position in range(count)])


if __name__ == "__main__":
    tasks = {"index_shuffle": index_shuffle, "index_sampler": index_sampler}
    answer_questions("grain", grain.__version__, tasks)

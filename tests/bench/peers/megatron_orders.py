"""Times the cyclic sampler of Megatron; runs under the Python of its environment.

The sampler is in no wheel: MEGATRON_LM names a checkout of NVIDIA/Megatron-LM, as for
tests/conformance.
"""

import warnings
from typing import Any

from tests.bench.peers.answering import answer_questions, timed

warnings.simplefilter("ignore")  # the package tells at import which accelerators are missing

from megatron.core import __version__  # noqa: E402 - after the line above

from tests.conformance.peers.megatron_training import Training  # noqa: E402 - as above

MICRO_BATCH_SIZE = 1_000


def cyclic_sampler(size: int, seed: int) -> dict[str, Any]:
    """The micro-batches of one epoch on one rank; its number is what seeds it."""
    options = {"dataloader_type": "cyclic", "data_sharding": True}
    spec = {
        "dataset_size": size,
        "micro_batch_size": MICRO_BATCH_SIZE,
        "samples": size,
        "framework": options,
    }
    sampler = Training(spec).sampler(0, consumed=seed * size)
    return timed(lambda: list(sampler))


if __name__ == "__main__":
    answer_questions("megatron-core", __version__, {"cyclic_sampler": cyclic_sampler})

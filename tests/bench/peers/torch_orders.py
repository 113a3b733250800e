"""Times what torch has for orders; runs under the Python of an environment of torch."""

import hashlib
from functools import cache
from typing import Any

import numpy as np
import torch
from torch.utils.data import DistributedSampler

from tests.bench.peers.answering import answer_questions, timed

DEFAULT_THREADS = torch.get_num_threads()


@cache
def buffer(size: int, dtype: str) -> torch.Tensor:
    """A tensor that lies ready: touched, and on huge pages where the system has them.

    NumPy asks for such pages and torch does not; without them torch is up to a fifth slower.
    """
    return torch.from_numpy(np.ones(size, dtype))


def randperm(
    size: int,
    seed: int,
    threads: int,
    dtype: str = "int64",
    *,
    digest: bool = False,
    goes: int = 1,
) -> dict[str, Any]:
    """torch.randperm into a tensor that lies ready; 0 threads: as many as torch takes by itself."""
    torch.set_num_threads(threads or DEFAULT_THREADS)
    out, generator = buffer(size, dtype), torch.Generator()

    def work() -> None:
        torch.randperm(size, generator=generator.manual_seed(seed), out=out, dtype=out.dtype)

    found = timed(work, goes=goes)
    sha256 = hashlib.sha256(memoryview(out.numpy())).hexdigest() if digest else None
    return found | {"sha256": sha256}


def randint(size: int, high: int, seed: int, goes: int) -> dict[str, Any]:
    """torch.randint into a tensor that lies ready, on one thread."""
    torch.set_num_threads(1)
    out, generator = buffer(size, "int64"), torch.Generator().manual_seed(seed)
    return timed(lambda: torch.randint(high, (size,), generator=generator, out=out), goes=goes)


def distributed_sampler(size: int, seed: int) -> dict[str, Any]:
    """The list of a DistributedSampler of one rank."""
    torch.set_num_threads(1)
    sampler = DistributedSampler(range(size), num_replicas=1, rank=0, seed=seed)
    return timed(lambda: list(sampler))


if __name__ == "__main__":
    answer_questions(
        "torch",
        torch.__version__.split("+")[0],
        {"randperm": randperm, "randint": randint, "distributed_sampler": distributed_sampler},
    )

"""Draws with replacement against the generators of NumPy and torch.

Ours: 10^7 draws of an epoch by `order.fill` into a buffer that lies ready; one thread. Theirs, as
many: `Generator.integers`, which has no way to write into an array that lies ready, and
`torch.randint(..., out=...)`, one thread. Ours alone has random access; theirs draw in turn.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from app.arithmetic.spec import SamplingMethod
from tests.bench.contest import Contest
from tests.bench.interleaved import Side, timed
from tests.bench.mode import Mode
from tests.bench.native import native_order
from tests.bench.peer import Peer
from tests.bench.result import Result

DRAWS = 10**7
SIZES = {"10^8": 10**8, "10^12": 10**12}
GOES = 2


def measure(mode: Mode) -> Iterator[Result]:
    numpy = f"numpy {np.__version__} Generator.integers, a new array"
    for size, dataset_size in SIZES.items():
        yield _result(size, numpy, _integers(dataset_size), mode)
    if reason := Peer.missing("torch"):
        yield Result.not_measured("10^7 draws, torch randint", reason)
        return
    with Peer("torch", "torch_orders") as torch:
        for size, dataset_size in SIZES.items():
            peer = f"{torch.name} randint, 1 thread, out= reused"
            yield _result(size, peer, _randint(torch, dataset_size), mode)


def _integers(dataset_size: int) -> Side:
    generator = np.random.default_rng(0)
    return timed(lambda: generator.integers(dataset_size, size=DRAWS), goes=GOES)


def _randint(torch: Peer, dataset_size: int) -> Side:
    seeds, question = count(), {"size": DRAWS, "high": dataset_size, "goes": GOES}
    return lambda: torch.seconds("randint", seed=next(seeds), **question)


def _result(size: str, peer: str, theirs: Side, mode: Mode) -> Result:
    package, _, function = peer.replace(",", "").split()[:3]
    order, out = native_order(SIZES[size], SamplingMethod.WITH_REPLACEMENT), np.full(DRAWS, 1)
    return Contest(
        name=f"10^7 draws, N = {size}, {function}",
        ours=timed(lambda: order.fill(out, start=0), goes=GOES),
        our_indices=DRAWS,
        theirs=theirs,
        peer=peer,
        unit=f"x {package}",
    ).result(mode.repetitions(full=21, quick=1))

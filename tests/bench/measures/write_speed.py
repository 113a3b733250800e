"""Our share of the speed at which this machine writes int64 at all.

Ours: the third epoch of a plan, or a slice of it, written by `order.fill` into a buffer that is
made once and written before; one thread. Theirs: the numbers 0, 1, 2, ... written into another
such buffer by a compiled loop of one line. Both are vectorised by the same LLVM; what the second
one lacks is the permutation.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.sampling.kernel import inlined
from tests.bench.contest import Contest
from tests.bench.interleaved import timed
from tests.bench.mode import Mode
from tests.bench.native import native_order
from tests.bench.result import Bar, Result

HUNDRED_MILLION = 10**8
CACHED_INDICES = 2**15
CACHED_GOES = 500


@inlined
def write_iota(out: NDArray[np.int64]) -> None:
    """0, 1, 2, ... into a contiguous buffer."""
    for i in range(out.size):
        out[i] = i


def measure(mode: Mode) -> Iterator[Result]:
    indices = HUNDRED_MILLION if mode.is_full else HUNDRED_MILLION // 10
    yield _contest("main memory", indices, goes=2, bar=Bar(limit=0.12)).result(
        mode.repetitions(full=15, quick=5)
    )
    yield _contest("second-level cache", CACHED_INDICES, goes=CACHED_GOES).result(
        mode.repetitions(full=51, quick=11)
    )


def _contest(where: str, indices: int, *, goes: int, bar: Bar | None = None) -> Contest:
    order = native_order(HUNDRED_MILLION)
    ours, theirs = np.full(indices, 1), np.full(indices, 1)
    return Contest(
        name=f"share of write speed, {where}",
        ours=timed(lambda: order.fill(ours, start=0), goes=goes),
        our_indices=indices,
        theirs=timed(lambda: write_iota(theirs), goes=goes),
        peer="an int64 iota by a compiled loop, 1 thread",
        unit="of iota",
        bar=bar,
        note=f"a buffer of {indices * 8 / 1e6:,.3g} MB; ours: N = 10^8",
    )

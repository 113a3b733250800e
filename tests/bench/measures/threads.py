"""How the native order scales when threads fill parts of one buffer.

The third epoch of a plan, into an int64 buffer that is made once and written before: by one thread
as a whole, and by k threads, each of which calls `order.fill` for one of k equal parts. Kernels
run without the interpreter's lock. Both take turns.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from tests.bench.contest import Contest
from tests.bench.interleaved import Side, timed
from tests.bench.mode import Mode
from tests.bench.native import full_epoch, native_order
from tests.bench.result import Result


def measure(mode: Mode) -> Iterator[Result]:
    size = 10**8 if mode.is_full else 10**7
    for threads in range(2, (os.cpu_count() or 1) + 1):
        with ThreadPoolExecutor(threads) as pool:
            yield Contest(
                name=f"full epoch of {size:,}, {threads} threads",
                ours=_parted(size, threads, pool),
                our_indices=size,
                theirs=full_epoch(size),
                peer="the same by 1 thread",
                unit="x one thread",
            ).result(mode.repetitions(full=11, quick=5))


def _parted(size: int, threads: int, pool: ThreadPoolExecutor) -> Side:
    order, out = native_order(size), np.full(size, 1)
    bounds = [*pairwise(number * size // threads for number in range(threads + 1))]

    def fill(bound: tuple[int, int]) -> None:
        order.fill(out[slice(*bound)], start=bound[0])

    return timed(lambda: list(pool.map(fill, bounds)), goes=2)

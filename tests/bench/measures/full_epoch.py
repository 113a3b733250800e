"""A whole epoch of the native order against shuffles of the same size.

Ours: `order.fill(out, start=0)` for the third epoch of a plan, one thread, into an int64 buffer
(or uint32, where the row says so) that is made once and written before; keys are derived anew in
every call. Theirs, each one in its fastest form and into memory that lies ready:

- torch: `torch.randperm(n, generator=..., out=...)`, one thread, int64, or int32 beside uint32;
  into memory that NumPy allocated, as ours, because NumPy asks for huge pages;
- NumPy: `Generator.shuffle` in place of an int64 array that lies ready, which spares it the copy
  that `Generator.permutation` makes first;
- the standard library: `random.shuffle` of a list that lies ready, and `random.sample`.

The sides take turns; a ratio is the median of the ratios of the repetitions. A turn at 10^6 is five
goes in a row, at 10^7 two, of which the first is not counted, so that every side finds its own
table in the caches, as far as it fits.
"""

import platform
import random
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np

from tests.bench.contest import Contest
from tests.bench.interleaved import Side, timed
from tests.bench.mode import Mode
from tests.bench.native import epoch_name, full_epoch, goes
from tests.bench.peer import Peer
from tests.bench.result import Bar, Result

MILLION, TEN_MILLION, HUNDRED_MILLION = 10**6, 10**7, 10**8
BARS = {MILLION: Bar(limit=6), HUNDRED_MILLION: Bar(limit=25, aim=40)}


def measure(mode: Mode) -> Iterator[Result]:
    yield from _against_torch(mode)
    yield from _against_numpy(mode)
    yield from _against_the_standard_library(mode)


def _against_torch(mode: Mode) -> Iterator[Result]:
    if reason := Peer.missing("torch"):
        for size, bar in BARS.items():
            yield Result.not_measured(f"{epoch_name(size)}, torch.randperm", reason, bar=bar)
        return
    with Peer("torch", "torch_orders") as torch:
        for size in (MILLION, TEN_MILLION, HUNDRED_MILLION):
            yield _result(_torch_contest(torch, size), mode)
        for size in _quicker(mode):
            yield _result(_compact_torch_contest(torch, size), mode)


def _torch_contest(torch: Peer, size: int) -> Contest:
    return Contest(
        name=f"{epoch_name(size)}, torch.randperm",
        ours=full_epoch(size),
        our_indices=size,
        theirs=_randperm(torch, size, "int64"),
        peer=f"{torch.name} randperm, 1 thread, int64 out= reused",
        unit="x torch",
        bar=BARS.get(size),
    )


def _compact_torch_contest(torch: Peer, size: int) -> Contest:
    return Contest(
        name=f"{epoch_name(size)}, torch.randperm, 4 bytes each",
        ours=full_epoch(size, np.uint32),
        our_indices=size,
        theirs=_randperm(torch, size, "int32"),
        peer=f"{torch.name} randperm, 1 thread, int32 out= reused",
        unit="x torch",
        note="ours is uint32",
    )


def _randperm(torch: Peer, size: int, dtype: str) -> Side:
    seeds, question = count(), {"size": size, "threads": 1, "dtype": dtype, "goes": goes(size)}
    return lambda: torch.seconds("randperm", seed=next(seeds), **question)


def _against_numpy(mode: Mode) -> Iterator[Result]:
    for size in _quicker(mode):
        contest = Contest(
            name=f"{epoch_name(size)}, numpy Generator.shuffle",
            ours=full_epoch(size),
            our_indices=size,
            theirs=_numpy_shuffle(size),
            peer=f"numpy {np.__version__} Generator.shuffle, in place",
            unit="x numpy",
        )
        yield _result(contest, mode)


def _numpy_shuffle(size: int) -> Side:
    generator, table = np.random.default_rng(0), np.arange(size)
    return timed(lambda: generator.shuffle(table), goes=goes(size))


def _against_the_standard_library(mode: Mode) -> Iterator[Result]:
    generator, table = random.Random(0), list(range(MILLION))
    works: dict[str, Callable[[], object]] = {
        "random.shuffle": lambda: generator.shuffle(table),
        "random.sample": lambda: generator.sample(range(MILLION), MILLION),
    }
    for name, work in works.items():
        yield Contest(
            name=f"{epoch_name(MILLION)}, {name}",
            ours=full_epoch(MILLION),
            our_indices=MILLION,
            theirs=timed(work),
            peer=f"{name} of Python {platform.python_version()}",
            unit="x random",
        ).result(mode.repetitions(full=11, quick=1))


def _quicker(mode: Mode) -> tuple[int, ...]:
    """The sizes; in a quick run only the one that takes no minutes."""
    return (MILLION, TEN_MILLION, HUNDRED_MILLION) if mode.is_full else (MILLION,)


def _result(contest: Contest, mode: Mode) -> Result:
    """The kernel is compiled and the buffers are touched before the largest one has its turn."""
    match contest.our_indices:
        case 1_000_000:
            return contest.result(mode.repetitions(full=51, quick=5))
        case 10_000_000:
            return contest.result(mode.repetitions(full=15, quick=1))
        case _:
            full = 7 if contest.bar else 3
            return contest.result(mode.repetitions(full=full, quick=1), warm_up=False)

"""What a slice of the native order costs, whatever the dataset, the depth and the stride.

A slice is 1,000 indices in the middle of the third epoch of a plan: keys, kernel and a new array,
`filled(selection.order(), selection.members)`, as the service makes it. Against Grain it is the
same number of positions in the middle of a pass of the same size, one call of `index_shuffle`
each, as its datasets make them. Memory is the peak of what Python and NumPy allocate for a slice.

The slices of a rank are 10^6 indices, from position 0 on with the number of ranks as the stride,
written by `order.fill` into a buffer that lies ready, against as many contiguous ones.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import numpy as np

from app.sampling.filling import filled
from tests.bench.contest import Contest
from tests.bench.interleaved import Side, interleaved, ratios, timed
from tests.bench.mode import Mode
from tests.bench.native import SLICE_INDICES, deep_slice, native_order
from tests.bench.peer import Peer
from tests.bench.result import Bar, Result, Spread

TRILLION, QUADRILLION, TWELVE_ROUNDS = 10**12, 10**15, 2**62
SIZES = {"10^6": 10**6, "10^8": 10**8, "10^12": TRILLION, "10^15": QUADRILLION} | {
    "2^63 - 1": 2**63 - 1
}
RANK_INDICES = 10**6
GOES = 10


def measure(mode: Mode) -> Iterator[Result]:
    yield from _times(mode)
    yield _memory()
    yield _against_grain(mode)
    yield _deep_against_shallow(mode)
    yield from _strides(mode)
    yield _rounds(mode)


def _slice(dataset_size: int, *, goes: int = GOES) -> Side:
    return timed(_work(dataset_size), goes=goes)


def _work(dataset_size: int) -> Callable[[], object]:
    selection = deep_slice(dataset_size)
    return lambda: filled(selection.order(), selection.members)


def _times(mode: Mode) -> Iterator[Result]:
    """Single slices, each in a turn of its own among those of the other sizes."""
    sides = [_slice(dataset_size, goes=1) for dataset_size in SIZES.values()]
    repetitions = mode.repetitions(full=501, quick=101)
    for name, seconds in zip(SIZES, interleaved(sides, repetitions), strict=True):
        ours = Spread.of([each * 1e3 for each in seconds])
        yield Result(
            name=f"{SLICE_INDICES:,} indices, N = {name}",
            value=ours.median,
            unit="ms",
            bar=Bar(limit=1, at_least=False) if SIZES[name] == TRILLION else None,
            ours=ours,
            sides_unit="ms",
        )


def _memory() -> Result:
    work = _work(TRILLION)
    work()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Result(
        name=f"memory of {SLICE_INDICES:,} indices, N = 10^12",
        value=peak / 1e6,
        unit="MB",
        bar=Bar(limit=1, at_least=False),
        note="the peak of tracemalloc",
    )


def _against_grain(mode: Mode) -> Result:
    name, bar = f"{SLICE_INDICES:,} indices, N = 10^12, Grain", Bar(limit=50)
    if reason := Peer.missing("grain"):
        return Result.not_measured(name, reason, bar=bar)
    with Peer("grain", "grain_orders") as peer:
        seeds, question = count(), {"size": TRILLION, "start": TRILLION // 2}
        ask = partial(peer.seconds, "index_shuffle", count=SLICE_INDICES, **question)
        return Contest(
            name=name,
            ours=_slice(TRILLION),
            our_indices=SLICE_INDICES,
            theirs=lambda: ask(seed=next(seeds), goes=2),
            peer=f"{peer.name} index_shuffle, one call an index",
            unit="x grain",
            bar=bar,
        ).result(mode.repetitions(full=51, quick=11))


def _deep_against_shallow(mode: Mode) -> Result:
    sides = [_slice(QUADRILLION), _slice(10**8)]
    deep, shallow = interleaved(sides, mode.repetitions(full=1001, quick=201))
    return Result(
        name=f"{SLICE_INDICES:,} indices, N = 10^15 to 10^8",
        value=ratios(deep, shallow).median,
        unit="x the time",
        bar=Bar(limit=1.3, at_least=False),
        ours=Spread.of([each * 1e3 for each in deep]),
        theirs=Spread.of([each * 1e3 for each in shallow]),
        sides_unit="ms",
        peer="the same slice at N = 10^8",
    )


def _rank(dataset_size: int, stride: int) -> Side:
    order, out = native_order(dataset_size), np.full(RANK_INDICES, 1)
    return timed(lambda: order.fill(out, start=0, stride=stride), goes=5)


def _strides(mode: Mode) -> Iterator[Result]:
    for ranks in (8, 1_000):
        yield Contest(
            name=f"10^6 indices of one rank of {ranks:,}",
            ours=_rank(TRILLION, ranks),
            our_indices=RANK_INDICES,
            theirs=_rank(TRILLION, 1),
            peer="10^6 contiguous indices",
            unit="of contiguous",
            bar=Bar(limit=0.8),
            note="N = 10^12",
        ).result(mode.repetitions(full=51, quick=11))


def _rounds(mode: Mode) -> Result:
    return Contest(
        name="10^6 indices by 12 rounds, N = 2^62",
        ours=_rank(TWELVE_ROUNDS, 1),
        our_indices=RANK_INDICES,
        theirs=_rank(TRILLION, 1),
        peer="8 rounds, N = 10^12",
        unit="of 8 rounds",
    ).result(mode.repetitions(full=51, quick=11))

"""What indices cost in the process: from the spec to the last index, nothing kept in between.

One thread. Indices are computed in blocks, as the service computes them; a block is dropped when
the next one is there.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from app.arithmetic.draft import SpecDraft
from app.manifest.selection import Selection, select
from app.plan.planner import plan_draft
from app.sampling.filling import filled
from tests.bench.mode import Mode
from tests.bench.result import Spread
from tests.growth.series import Point, Series

SLICE = 10_000
BLOCK = 2**17
HUGE = 10**12
MANY_EPOCHS = 10**12 + 1
MOST_SECONDS = 10.0
MEMORY = "Python and NumPy at the peak, blocks of 1 MiB"

Work = Callable[[], None]


def orders(mode: Mode) -> Iterator[Series]:
    """Every series that needs no server."""
    longest = 8 if mode.is_full else 6
    yield _series(
        mode,
        "dataset_size",
        "At most 10,000 samples in the middle of epoch 2, by dataset_size",
        {size: partial(_middle, size) for size in [*_powers(18)[3:], 2**63 - 1]},
    )
    yield _series(
        mode,
        "samples",
        "A slice of an epoch of 10¹² samples, by its number of samples",
        {samples: partial(_slice, samples) for samples in _powers(longest)},
    )
    yield _series(
        mode,
        "ranks",
        "The first 10,000 samples of the last rank, by data_parallel_size",
        {ranks: partial(_last_rank, ranks) for ranks in _powers(6)},
    )
    yield _series(
        mode,
        "epoch",
        "10,000 samples in the middle of an epoch, by the number of the epoch",
        {epoch: partial(_epoch, epoch) for epoch in [0, *_powers(12)]},
    )


def _powers(last: int) -> list[int]:
    return [10**exponent for exponent in range(last + 1)]


def _series(mode: Mode, varied: str, title: str, works: dict[int, Work]) -> Series:
    """All works take turns, so that what disturbs the machine disturbs all points alike."""
    seconds: dict[int, list[float]] = {at: [] for at in works}
    for work in works.values():
        work()
    for _ in range(mode.repetitions(full=31, quick=5)):
        for at, work in works.items():
            if sum(seconds[at]) < MOST_SECONDS:
                seconds[at].append(_seconds(work))
    return Series(
        name=f"growth-{varied.replace('_', '-')}",
        title=title,
        varied=varied,
        unit="s",
        memory=MEMORY,
        points=tuple(
            Point(at=at, measured=Spread.of(seconds[at]), peak_bytes=_peak_bytes(work))
            for at, work in works.items()
        ),
    )


def _seconds(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak_bytes(work: Work) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _middle(dataset_size: int) -> None:
    size = min(SLICE, dataset_size)
    plan = plan_draft(
        SpecDraft(dataset_size=dataset_size, global_batch_size=size, epochs=Fraction(5))
    )
    step = plan.run.shape.steps_per_epoch // 2
    _read(select(plan, epoch=2, start_step=step, stop_step=step + 1))


def _slice(samples: int) -> None:
    plan = plan_draft(SpecDraft(dataset_size=HUGE, global_batch_size=samples, epochs=Fraction(1)))
    step = plan.run.shape.steps_per_epoch // 2
    _read(select(plan, epoch=0, start_step=step, stop_step=step + 1))


def _last_rank(ranks: int) -> None:
    plan = plan_draft(
        SpecDraft(
            dataset_size=HUGE, micro_batch_size=1, data_parallel_size=ranks, epochs=Fraction(1)
        )
    )
    _read(select(plan, epoch=0, rank=ranks - 1, start_step=0, stop_step=SLICE))


def _epoch(epoch: int) -> None:
    plan = plan_draft(
        SpecDraft(dataset_size=HUGE, global_batch_size=SLICE, epochs=Fraction(MANY_EPOCHS))
    )
    step = plan.run.shape.steps_per_epoch // 2
    _read(select(plan, epoch=epoch, start_step=step, stop_step=step + 1))


def _read(selection: Selection) -> None:
    order, members = selection.order(), selection.members
    for start in range(0, members.count, BLOCK):
        filled(order, members.part(start, min(start + BLOCK, members.count)))

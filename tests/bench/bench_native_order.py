"""What a slice of the native order costs, whatever the dataset."""

import time
import tracemalloc
from fractions import Fraction
from statistics import median

import numpy as np
import pytest

from app.arithmetic.draft import SpecDraft
from app.manifest.selection import Selection, select
from app.plan.planner import plan_draft
from app.sampling.filling import filled

SLICE_INDICES = 1_000
MOST_SECONDS = 1e-3
MOST_BYTES = 1_000_000


def deep_slice(dataset_size: int) -> Selection:
    """1,000 indices in the middle of the third epoch."""
    draft = SpecDraft(
        dataset_size=dataset_size, global_batch_size=SLICE_INDICES, epochs=Fraction(5)
    )
    plan = plan_draft(draft)
    step = plan.run.shape.steps_per_epoch // 2
    return select(plan, epoch=2, start_step=step, stop_step=step + 1)


def median_seconds(selection: Selection, repetitions: int = 201) -> float:
    """Median time of one fresh slice: keys, kernel and result."""
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        filled(selection.order(), selection.members)
        seconds.append(time.perf_counter() - start)
    return median(seconds)


@pytest.mark.parametrize("dataset_size", [10**6, 10**8, 10**12, 10**15, 2**63 - 1])
def bench_a_thousand_indices_take_less_than_a_millisecond(dataset_size: int) -> None:
    selection = deep_slice(dataset_size)
    filled(selection.order(), selection.members)

    seconds = median_seconds(selection)

    print(f"\n1,000 indices at N = {dataset_size:.3g}: {seconds * 1e6:.1f} us")
    assert seconds <= MOST_SECONDS


def bench_a_thousand_indices_at_a_trillion_samples_need_no_table() -> None:
    selection = deep_slice(10**12)
    filled(selection.order(), selection.members)
    tracemalloc.start()

    filled(selection.order(), selection.members)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"\n1,000 indices at N = 1e12: {peak:,} bytes at the peak")
    assert peak <= MOST_BYTES


def bench_a_slice_at_a_quadrillion_costs_what_it_costs_at_a_hundred_million() -> None:
    small, large = deep_slice(10**8), deep_slice(10**15)
    pairs = [(median_seconds(large, 21), median_seconds(small, 21)) for _ in range(21)]

    ratio = median(far / near for far, near in pairs)

    print(f"\nthe same slice at N = 1e15 against 1e8: {ratio:.2f}x the time")
    assert ratio <= 1.3


def bench_a_full_epoch_against_numpy() -> None:
    """A whole permutation of 10^7 samples, ours into a reused buffer, NumPy's in place."""
    selection = select(
        plan_draft(SpecDraft(dataset_size=10**7, global_batch_size=10**7, epochs=Fraction(1))),
        epoch=0,
    )
    order, out = selection.order(), np.empty(10**7, np.int64)
    generator, theirs = np.random.default_rng(0), np.arange(10**7)
    ratios = []
    for _ in range(5):
        start = time.perf_counter()
        order.fill(out, start=0)
        middle = time.perf_counter()
        generator.shuffle(theirs)
        ratios.append((time.perf_counter() - middle) / (middle - start))

    print(f"\nfull epoch of 1e7: {median(ratios):.1f}x the speed of numpy Generator.shuffle")
    assert median(ratios) > 1

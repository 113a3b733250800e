"""The native order as the measures read it: through a plan, as the service does."""

from fractions import Fraction
from typing import Any

import numpy as np

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import Sampling, SamplingMethod
from app.manifest.selection import Selection, select
from app.plan.planner import Plan, plan_draft
from app.sampling.order import Order
from tests.bench.interleaved import Side, timed

SLICE_INDICES = 1_000
EPOCH = 2


def native_plan(
    dataset_size: int, method: SamplingMethod = SamplingMethod.SHUFFLE, *, step: int = SLICE_INDICES
) -> Plan:
    """Five epochs in the native order, by steps of so many samples."""
    return plan_draft(
        SpecDraft(
            dataset_size=dataset_size,
            global_batch_size=step,
            epochs=Fraction(5),
            sampling=Sampling(method=method),
        )
    )


def epoch_name(dataset_size: int) -> str:
    """How an epoch of a power of ten is called."""
    return f"full epoch of 10^{len(str(dataset_size)) - 1}"


def native_order(dataset_size: int, method: SamplingMethod = SamplingMethod.SHUFFLE) -> Order:
    """The order of the third epoch."""
    return native_plan(dataset_size, method).order(EPOCH)


def deep_slice(dataset_size: int) -> Selection:
    """1,000 indices in the middle of the third epoch."""
    plan = native_plan(dataset_size)
    step = plan.run.shape.steps_per_epoch // 2
    return select(plan, epoch=EPOCH, start_step=step, stop_step=step + 1)


def goes(dataset_size: int) -> int:
    """How often a whole epoch is run in a row, in one turn of a side.

    What fits into the caches of a processor is there at the second go; both sides are given that.
    """
    return 5 if dataset_size <= 10**6 else 2 if dataset_size <= 10**7 else 1


def full_epoch(dataset_size: int, dtype: type[np.integer[Any]] = np.int64) -> Side:
    """Seconds of a whole epoch into a buffer that is made once and written before."""
    order, out = native_order(dataset_size), np.empty(dataset_size, dtype)
    out.fill(0)
    return timed(lambda: order.fill(out, start=0), goes=goes(dataset_size))

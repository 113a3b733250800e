"""The samples of a run in the order of training, across its epochs."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from app.plan.planner import Plan
from app.sampling.layout import Progression

COMPARED_SAMPLES = 4_096
"""Samples that are looked at to find where two orders part."""

_MOST_WORK = 2**22
"""Indices, tables included, after which no further epoch is looked at."""

_MOST_TABLE_WORK = 2**24
"""Entries above which the order of an epoch is not computed as a whole, just to be compared."""

_EPOCH_WORK = 2**14
"""What it takes to begin an epoch, in indices: a key is hashed."""


def sequence_key(plan: Plan) -> Hashable:
    """What a run's order of samples depends on, its length aside.

    Plans with equal keys take the same samples in the same order, as far as both run.
    """
    return plan.framework.sequence_key(plan.spec, plan.run)


def first_samples(plan: Plan) -> NDArray[np.int64]:
    """The first samples of a run, as far as it is cheap to look.

    At most COMPARED_SAMPLES; fewer where the run is shorter, or where epochs of few samples each
    take a table of many.

    Returns:
        int64, shape (n,), n <= COMPARED_SAMPLES; empty where an order is computed as a whole and
        has too many entries for that.
    """
    out = np.empty(min(COMPARED_SAMPLES, plan.run.total_samples), np.int64)
    filled = work = epoch = 0
    while filled < len(out) and work < _MOST_WORK:
        table_work = plan.framework.table_work(plan.spec, epoch)
        if table_work > _MOST_TABLE_WORK:
            break
        order = plan.order(epoch)
        part = out[filled : filled + plan.run.samples_in_epoch(epoch)]
        order.fill(part, start=0)
        work += _EPOCH_WORK + table_work + order.work(Progression(0, 1, len(part)))
        filled, epoch = filled + len(part), epoch + 1
    return out[:filled]


def parting_sample(mine: NDArray[np.int64], theirs: NDArray[np.int64]) -> int | None:
    """Where two beginnings of runs first differ, counted from the start of the run.

    None when they agree as far as both go.

    >>> parting_sample(np.array([3, 1, 2]), np.array([3, 2]))
    1
    """
    shared = min(len(mine), len(theirs))
    apart = np.flatnonzero(mine[:shared] != theirs[:shared])
    return int(apart[0]) if len(apart) else None

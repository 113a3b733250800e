"""Orders that are computed as a whole: refused above a size, computed before they are read."""

import numpy as np

from app.errors import Fault, WorkLimitError
from app.plan.planner import Plan


def check_table(plan: Plan, epoch: int, *, limit: int) -> None:
    """Refuse an order that is computed as a whole and takes more than may be computed.

    Raises:
        WorkLimitError: Before anything is computed.
    """
    if plan.framework.table_work(plan.spec, epoch) > limit:
        raise WorkLimitError([_too_large(plan, epoch, limit)])


def compute_table(plan: Plan, epoch: int) -> None:
    """Have the order of an epoch computed, so that whoever reads it finds it ready."""
    plan.order(epoch).fill(np.empty(1, np.int64), start=0)


def _too_large(plan: Plan, epoch: int, limit: int) -> Fault:
    work = plan.framework.table_work(plan.spec, epoch)
    return Fault(
        code="order-too-large",
        pointer="/epoch",
        detail=f"{plan.framework.name} computes the order of epoch {epoch} as a whole, which takes "
        f"as long as shuffling {work} samples; this service shuffles at most {limit} (the "
        "framework native has random access to every position)",
        given=epoch,
        allowed=f"an order that takes at most {limit} shuffled samples",
    )

"""Waits for orders that are computed as a whole, without holding up anything else."""

from starlette.requests import Request

from app.manifest.tables import check_table, compute_table
from app.plan.planner import Plan
from app.web.pool import pool_of
from app.web.quotas import quotas_of


async def table_ready(request: Request, plan: Plan, epoch: int) -> None:
    """Wait until the order of an epoch can be read, where it is a table.

    Raises:
        WorkLimitError: The table would have more entries than the operator allows.
    """
    check_table(plan, epoch, limit=quotas_of(request).table_samples)
    if plan.framework.table_work(plan.spec, epoch):
        await pool_of(request).prepare(compute_table, plan, epoch)

"""What a job sees of itself when it starts, held against its plan."""

from collections.abc import Mapping
from typing import Final

from app.errors import Fault
from app.plan.planner import Plan

SEEN_FIELDS: Final = (
    "dataset_size",
    "global_batch_size",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "data_parallel_size",
)
"""Fields of a plan that a job can see for itself."""


def mismatches(plan: Plan, seen: Mapping[str, int]) -> list[Fault]:
    """Everything that a job sees otherwise than its plan has it.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> plan = plan_draft(SpecDraft(dataset_size=2_000, global_batch_size=10, steps=9))
    >>> [
    ...     fault.detail
    ...     for fault in mismatches(plan, {"dataset_size": 2_000, "global_batch_size": 8})
    ... ]
    ['global_batch_size is 10 in the plan, but the job sees 8']

    Args:
        plan: What the job was started with.
        seen: Values by names of SEEN_FIELDS.
    """
    batch = plan.spec.batch
    planned = {
        "dataset_size": plan.spec.dataset_size,
        "global_batch_size": batch.global_batch_size,
        "micro_batch_size": batch.micro_batch_size,
        "gradient_accumulation_steps": batch.gradient_accumulation_steps,
        "data_parallel_size": batch.data_parallel_size,
    }
    return [
        _mismatch(name, planned[name], value)
        for name, value in seen.items()
        if planned[name] != value
    ]


def _mismatch(name: str, planned: int, seen: int) -> Fault:
    return Fault(
        code="plan-mismatch",
        pointer=f"/{name}",
        detail=f"{name} is {planned} in the plan, but the job sees {seen}",
        given=seen,
        allowed=str(planned),
        nearest=(planned,),
    )

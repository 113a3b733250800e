"""Plans of small runs with mosaic-streaming."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Finding
from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

SEQUENTIAL = {"sampling": {"method": "sequential"}}


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    """A run of one epoch of 24 samples in shards of 4, two at a time."""
    shards = {} if "shard_sizes" in options else {"samples_per_shard": 4}
    framework = {"name": "mosaic-streaming", **shards, **options}
    budget = {} if "steps" in fields else {"epochs": 1}
    spec = {"dataset_size": 24, "micro_batch_size": 2, **budget, **fields}
    return plan_of_case({"spec": {**spec, "framework": framework}})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(fields, **options)
    return list(refusal.value.faults)


def finding_of(plan: Plan, code: str) -> Finding:
    (found,) = (finding for finding in plan.findings if finding.code == code)
    return found


def codes_of(plan: Plan) -> set[str]:
    return {finding.code for finding in plan.findings}


def lists_of(plan: Plan, epoch: int = 0, start_step: int = 0) -> list[list[list[int]]]:
    """Micro-batches of every rank."""
    return [
        micro_batches_of(select(plan, epoch=epoch, rank=rank, start_step=start_step))
        for rank in ranks_of(plan)
    ]

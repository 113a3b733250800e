"""Megatron specs for tests: what is not said is 22 samples, read by micro-batches of 3."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.arithmetic.finding import Finding
from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    spec = {"dataset_size": 22, "micro_batch_size": 3, **fields}
    if not {"steps", "samples", "epochs", "tokens"} & set(spec):
        spec["steps"] = 1
    return plan_of_case({"spec": {**spec, "framework": {"name": "megatron", **options}}})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(fields, **options)
    return list(refusal.value.faults)


def lists_of(plan: Plan, epoch: int = 0, start_step: int = 0) -> list[list[list[int]]]:
    """Micro-batches of every rank."""
    return [
        micro_batches_of(select(plan, epoch=epoch, rank=rank, start_step=start_step))
        for rank in ranks_of(plan)
    ]


def numbers_of(plan: Plan) -> Mapping[str, Any]:
    return plan.framework.numbers(plan.spec, plan.run)


def finding_of(plan: Plan, code: str) -> Finding:
    (finding,) = (finding for finding in plan.findings if finding.code == code)
    return finding


def codes_of(plan: Plan) -> set[str]:
    return {finding.code for finding in plan.findings}

"""Small pipelines of tf-data, and what their plans say."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

TWO_RANKS = {"data_parallel_size": 2}
STEPS: dict[str, Any] = {"epochs": None, "steps": 6}
SEQUENTIAL = {"sampling": {"method": "sequential"}}


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    spec = {
        "dataset_size": 10,
        "micro_batch_size": 4,
        "epochs": 2,
        **fields,
        "framework": {"name": "tf-data", **options},
    }
    return plan_of_case({"spec": spec})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(fields, **options)
    return list(refusal.value.faults)


def lists_of(plan: Plan, epoch: int = 0) -> list[list[list[int]]]:
    return [micro_batches_of(select(plan, epoch=epoch, rank=rank)) for rank in ranks_of(plan)]


def message_of(plan: Plan, code: str) -> str:
    (message,) = (finding.message for finding in plan.findings if finding.code == code)
    return message

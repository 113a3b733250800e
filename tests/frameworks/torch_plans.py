"""Plans of pytorch that differ from a plain one in some fields and options."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

RANDOM = {"sampler": "RandomSampler"}


def spec_of(fields: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    framework = {"name": "pytorch", **options}
    return {
        "dataset_size": 22,
        "micro_batch_size": 3,
        "epochs": 1,
        **fields,
        "framework": framework,
    }


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    return plan_of_case({"spec": spec_of(fields, **options)})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(fields, **options)
    return list(refusal.value.faults)


def lists_of(plan: Plan, epoch: int = 0) -> list[list[list[int]]]:
    return [micro_batches_of(select(plan, epoch=epoch, rank=rank)) for rank in ranks_of(plan)]


def message_of(plan: Plan, code: str) -> str:
    (message,) = (finding.message for finding in plan.findings if finding.code == code)
    return message

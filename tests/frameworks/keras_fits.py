"""Small fits of keras, and what their plans say."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

SEQUENTIAL = {"sampling": {"method": "sequential"}}
ITEMS = {"data": "PyDataset"}
TF_DATA = {"data": "tf.data.Dataset"}
THREE_RANKS = {"data_parallel_size": 3}


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    spec = {
        "dataset_size": 20,
        "micro_batch_size": 3,
        "epochs": 1,
        **fields,
        "framework": {"name": "keras", **options},
    }
    return plan_of_case({"spec": spec})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    with pytest.raises(InvalidSpecError) as refusal:
        planned(fields, **options)
    return list(refusal.value.faults)


def lists_of(plan: Plan, epoch: int = 0) -> list[list[list[int]]]:
    return [micro_batches_of(select(plan, epoch=epoch, rank=rank)) for rank in ranks_of(plan)]


def sizes_of(plan: Plan) -> list[list[int]]:
    """Samples of every micro-batch of rank 0, epoch by epoch."""
    return [[*map(len, lists_of(plan, epoch)[0])] for epoch in range(plan.run.epochs)]


def message_of(plan: Plan, code: str) -> str:
    (message,) = (finding.message for finding in plan.findings if finding.code == code)
    return message

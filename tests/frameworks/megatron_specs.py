"""Megatron specs for tests: what is not said is 22 samples, read by micro-batches of 3."""

from collections.abc import Mapping
from typing import Any

from app.errors import Fault
from app.plan.planner import Plan
from tests.frameworks.answering import plan_of_case
from tests.frameworks.asking import faults_of


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    spec = {"dataset_size": 22, "micro_batch_size": 3, **fields}
    if not {"steps", "samples", "epochs", "tokens"} & set(spec):
        spec["steps"] = 1
    return plan_of_case({"spec": {**spec, "framework": {"name": "megatron", **options}}})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    return faults_of(lambda: planned(fields, **options))


def numbers_of(plan: Plan) -> Mapping[str, Any]:
    return plan.framework.numbers(plan.spec, plan.run)

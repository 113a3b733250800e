"""Plans of small runs with mosaic-streaming."""

from collections.abc import Mapping
from typing import Any

from app.errors import Fault
from app.plan.planner import Plan
from tests.frameworks.answering import plan_of_case
from tests.frameworks.asking import faults_of

SEQUENTIAL = {"sampling": {"method": "sequential"}}


def planned(fields: Mapping[str, Any], **options: Any) -> Plan:
    """A run of one epoch of 24 samples in shards of 4, two at a time."""
    shards = {} if "shard_sizes" in options else {"samples_per_shard": 4}
    framework = {"name": "mosaic-streaming", **shards, **options}
    budget = {} if "steps" in fields else {"epochs": 1}
    spec = {"dataset_size": 24, "micro_batch_size": 2, **budget, **fields}
    return plan_of_case({"spec": {**spec, "framework": framework}})


def refused(fields: Mapping[str, Any], **options: Any) -> list[Fault]:
    return faults_of(lambda: planned(fields, **options))

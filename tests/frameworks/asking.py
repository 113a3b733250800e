"""Asks one framework for plans: what it says of them, what it refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.arithmetic.finding import Finding
from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

Fields = dict[str, Any]
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Asking:
    """A framework, and the spec that is asked for unless a test says otherwise."""

    framework: Fields
    spec: Fields = field(default_factory=dict)

    def plan(self, fields: Given, **options: Any) -> Plan:
        framework = {**self.framework, **options}
        return plan_of_case({"spec": {**self.spec, **fields, "framework": framework}})

    def faults(self, fields: Given, **options: Any) -> list[Fault]:
        return faults_of(lambda: self.plan(fields, **options))

    def fault(self, fields: Given, **options: Any) -> Fault:
        (fault,) = self.faults(fields, **options)
        return fault

    def finding(self, code: str, fields: Fields, **options: Any) -> Finding:
        return finding_of(self.plan(fields, **options), code)

    def codes(self, fields: Given, **options: Any) -> set[str]:
        return codes_of(self.plan(fields, **options))

    def numbers(self, fields: Given, **options: Any) -> dict[str, Any]:
        plan = self.plan(fields, **options)
        return {**plan.framework.numbers(plan.spec, plan.run), "total_steps": plan.run.total_steps}


def faults_of(planning: Callable[[], Plan]) -> list[Fault]:
    """What a spec is refused for."""
    with pytest.raises(InvalidSpecError) as refusal:
        planning()
    return [*refusal.value.faults]


def finding_of(plan: Plan, code: str) -> Finding:
    """The only finding of that code."""
    (finding,) = (finding for finding in plan.findings if finding.code == code)
    return finding


def codes_of(plan: Plan) -> set[str]:
    return {finding.code for finding in plan.findings}


def lists_of(plan: Plan, epoch: int = 0, start_step: int = 0) -> list[list[list[int]]]:
    """Micro-batches of every rank."""
    return [
        micro_batches_of(select(plan, epoch=epoch, rank=rank, start_step=start_step))
        for rank in ranks_of(plan)
    ]

"""Asks one framework for plans: what it says of them, what it refuses."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.arithmetic.finding import Finding
from app.errors import Fault, InvalidSpecError
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.frameworks.answering import micro_batches_of, plan_of_case, ranks_of

Fields = dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """A framework, and the spec that is asked for unless a test says otherwise."""

    framework: Fields
    spec: Fields = field(default_factory=dict)

    def plan(self, fields: Fields, **options: Any) -> Plan:
        framework = {**self.framework, **options}
        return plan_of_case({"spec": {**self.spec, **fields, "framework": framework}})

    def faults(self, fields: Fields, **options: Any) -> list[Fault]:
        with pytest.raises(InvalidSpecError) as refusal:
            self.plan(fields, **options)
        return [*refusal.value.faults]

    def fault(self, fields: Fields, **options: Any) -> Fault:
        (fault,) = self.faults(fields, **options)
        return fault

    def finding(self, code: str, fields: Fields, **options: Any) -> Finding:
        (finding,) = [each for each in self.plan(fields, **options).findings if each.code == code]
        return finding

    def codes(self, fields: Fields, **options: Any) -> set[str]:
        return {finding.code for finding in self.plan(fields, **options).findings}

    def numbers(self, fields: Fields, **options: Any) -> dict[str, Any]:
        plan = self.plan(fields, **options)
        return {**plan.framework.numbers(plan.spec, plan.run), "total_steps": plan.run.total_steps}


def lists_of(plan: Plan, epoch: int = 0) -> list[list[list[int]]]:
    """Micro-batches of every rank."""
    return [micro_batches_of(select(plan, epoch=epoch, rank=rank)) for rank in ranks_of(plan)]

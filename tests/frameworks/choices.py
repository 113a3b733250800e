"""Every framework in every version, with a run that all of them can plan."""

from fractions import Fraction
from typing import Any

import pytest

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import FrameworkChoice
from app.frameworks.registry import FRAMEWORKS, newest_version, read_choice
from app.plan.planner import Plan, plan_draft

EVERY_CHOICE = [
    pytest.param(FrameworkChoice(name=name, version=version), id=f"{name} {version}")
    for name, versions in FRAMEWORKS.items()
    for version in versions
]


def plan_with(choice: FrameworkChoice, **fields: Any) -> Plan:
    """Two epochs of a hundred samples in micro-batches of two, unless fields say otherwise."""
    usual = {"dataset_size": 100, "micro_batch_size": 2, "epochs": Fraction(2)}
    return plan_draft(SpecDraft(**{**usual, "framework": choice, **fields}))


def choosing(name: str, **options: Any) -> FrameworkChoice:
    """The newest version of a framework that has these options."""
    choice, faults = read_choice(name, newest_version(name, options), options)
    assert faults == []
    return choice

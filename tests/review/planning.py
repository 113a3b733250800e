"""Plans to review."""

from fractions import Fraction
from typing import Any

from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import Options
from app.arithmetic.spec import FrameworkChoice, Sampling
from app.frameworks.registry import newest_version
from app.plan.planner import Plan, plan_draft


def planned(**fields: Any) -> Plan:
    """A native plan of 4,096 samples, 64 of them per full step, for two epochs."""
    given: dict[str, Any] = {
        "dataset_size": 4_096,
        "global_batch_size": 64,
        "epochs": Fraction(2),
    } | fields
    draft = {name: value for name, value in given.items() if value is not None}
    return plan_draft(SpecDraft(**draft))


def seeded(seed: int) -> Sampling:
    return Sampling(seed=seed)


def framework(name: str, **options: Any) -> FrameworkChoice:
    version = newest_version(name, options)
    return FrameworkChoice(name=name, version=version, options=Options.of(options))

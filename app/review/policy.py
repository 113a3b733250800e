"""What a team asks of its schedules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.arithmetic.decimals import decimal_text
from app.arithmetic.finding import Severity
from app.plan.planner import Plan
from app.review.objection import Objection, Source, finding_objection

UNEQUAL_FINDINGS: Final = ("unequal-ranks", "idle-ranks")
"""Findings that say that some ranks get fewer samples than others."""


class Level(StrEnum):
    """How severe a policy takes a finding; `off` leaves it out."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules for schedules; None asks for nothing.

    Attributes:
        max_dropped_fraction: Most of the dataset that a full epoch may leave out, in [0, 1].
        max_dropped_samples: Most samples that a full epoch may leave out.
        max_padded_samples: Most positions of a full epoch that only fill it up.
        require_equal_ranks: Whether every rank must get as many samples as any other.
        total_steps: Exactly so many steps.
        min_total_steps: At least so many steps.
        max_total_steps: At most so many steps.
        epochs: Exactly so many epochs that are started.
        global_batch_size: Exactly so many samples per full step.
        min_coverage: Least fraction of the dataset that the run sees, in [0, 1].
        findings: How severe findings are taken, by their codes.
    """

    max_dropped_fraction: Fraction | None = None
    max_dropped_samples: int | None = None
    max_padded_samples: int | None = None
    require_equal_ranks: bool | None = None
    total_steps: int | None = None
    min_total_steps: int | None = None
    max_total_steps: int | None = None
    epochs: int | None = None
    global_batch_size: int | None = None
    min_coverage: Fraction | None = None
    findings: Mapping[str, Level] = field(default_factory=dict[str, Level])


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule about one number of a plan.

    Attributes:
        name: Name of the rule in a policy.
        about: What the number is.
        number: Reads it from a plan.
        broken: Whether the number breaks a limit.
        asks: What the limit means, as in "at most".
        field: The field of the spec that decides most about it; empty for the budget.
    """

    name: str
    about: str
    number: Callable[[Plan], Fraction | int]
    broken: Callable[[Fraction | int, Fraction | int], bool]
    asks: str
    field: str


def _above(value: Fraction | int, limit: Fraction | int) -> bool:
    return value > limit


def _below(value: Fraction | int, limit: Fraction | int) -> bool:
    return value < limit


def _other(value: Fraction | int, limit: Fraction | int) -> bool:
    return value != limit


def _dropped(plan: Plan) -> int:
    return plan.run.shape.dropped_samples


def _dropped_fraction(plan: Plan) -> Fraction:
    return Fraction(plan.run.shape.dropped_samples, plan.spec.dataset_size)


def _padded(plan: Plan) -> int:
    return plan.run.shape.padded_samples


def _steps(plan: Plan) -> int:
    return plan.run.total_steps


def _epochs(plan: Plan) -> int:
    return plan.run.epochs


def _global_batch(plan: Plan) -> int:
    return plan.spec.batch.global_batch_size


def _coverage(plan: Plan) -> Fraction:
    coverage = plan.coverage
    if coverage.exact:
        return Fraction(coverage.distinct_samples) / plan.spec.dataset_size
    # by its digits, as limits are written: no double is 0.3
    return Fraction(repr(coverage.fraction))


_DROPPED: Final = "dropped samples of a full epoch"
_SHARE: Final = "dropped fraction of a full epoch"
_PADDED: Final = "padded samples of a full epoch"
_SIZE: Final = "global_batch_size"
_SEEN: Final = "covered fraction of the dataset"
_RULES: Final = (
    _Rule("max_dropped_fraction", _SHARE, _dropped_fraction, _above, "at most", "/remainder"),
    _Rule("max_dropped_samples", _DROPPED, _dropped, _above, "at most", "/remainder"),
    _Rule("max_padded_samples", _PADDED, _padded, _above, "at most", "/remainder"),
    _Rule("total_steps", "total_steps", _steps, _other, "exactly", ""),
    _Rule("min_total_steps", "total_steps", _steps, _below, "at least", ""),
    _Rule("max_total_steps", "total_steps", _steps, _above, "at most", ""),
    _Rule("epochs", "epochs", _epochs, _other, "exactly", ""),
    _Rule("global_batch_size", _SIZE, _global_batch, _other, "exactly", "/global_batch_size"),
    _Rule("min_coverage", _SEEN, _coverage, _below, "at least", "/sampling/method"),
)


def policy_objections(plan: Plan, policy: Policy) -> Iterator[Objection]:
    """Every rule that a plan breaks.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> plan = plan_draft(SpecDraft(dataset_size=20_000, global_batch_size=100, steps=1_000))
    >>> [each.message for each in policy_objections(plan, Policy(total_steps=2_000))]
    ['total_steps is 1000; the policy asks for exactly 2000']
    """
    for rule in _RULES:
        limit = getattr(policy, rule.name)
        value = rule.number(plan)
        if limit is not None and rule.broken(value, limit):
            yield _broken(plan, rule, value, limit)
    if policy.require_equal_ranks:
        yield from _unequal(plan)


def finding_objections(plan: Plan, policy: Policy) -> Iterator[Objection]:
    """The findings of a plan, as severe as a policy takes them."""
    for finding in plan.findings:
        level = policy.findings.get(finding.code)
        if level is not Level.OFF:
            severity = finding.severity if level is None else Severity(level)
            rule = None if level is None else f"/findings/{finding.code}"
            yield finding_objection(finding, severity, rule=rule)


def _broken(plan: Plan, rule: _Rule, value: Fraction | int, limit: Fraction | int) -> Objection:
    wanted = decimal_text(Fraction(limit))
    return Objection(
        source=Source.POLICY,
        code=f"policy-{rule.name.replace('_', '-')}",
        severity=Severity.ERROR,
        field=rule.field or f"/{plan.spec.budget.unit}",
        message=f"{rule.about} is {decimal_text(Fraction(value))}; the policy asks for "
        f"{rule.asks} {wanted}",
        rule=f"/{rule.name}",
    )


def _unequal(plan: Plan) -> Iterator[Objection]:
    for finding in plan.findings:
        if finding.code in UNEQUAL_FINDINGS:
            yield Objection(
                source=Source.POLICY,
                code="policy-require-equal-ranks",
                severity=Severity.ERROR,
                field=finding.field,
                message=f"the policy asks for equal ranks, but {finding.message}",
                rule="/require_equal_ranks",
                suggestion=finding.suggestion,
            )

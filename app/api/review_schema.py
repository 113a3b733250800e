"""Locks, changes, checks and verifications on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from app.api.plan_schema import PlanOut
from app.api.spec_schema import TrainingSpecIn
from app.api.wire import PositiveInt64, Wire
from app.arithmetic.finding import Severity
from app.arithmetic.integers import INT64_MAX
from app.review.objection import Source
from app.review.order_change import Relation
from app.review.policy import Level
from app.review.topics import Topic


class FingerprintOut(Wire):
    """The digest of consecutive positions of an epoch."""

    epoch: int
    start_position: int
    stop_position: int
    sha256: str = Field(
        description="Of the bytes [8 x start_position, 8 x stop_position) of `manifest.raw` of "
        "this epoch, all ranks together."
    )


class LockOut(Wire):
    """Everything about a plan that must not change unnoticed; without a float."""

    lock_version: Literal[1]
    plan_id: str
    order_algorithm: str
    spec: dict[str, Any] = Field(description="The spec of the plan; decimals are texts.")
    plan: dict[str, Any] = Field(description="Its numbers, without passes and coverage.")
    fingerprints: list[FingerprintOut]


class LockIn(Wire):
    """A lock as `POST /v1/lock` gives it; whatever else it says is problems of the check."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    lock_version: Literal[1]
    plan_id: str


class PlanIdIn(Wire):
    """A plan by its plan_id."""

    plan_id: str


class DiffIn(Wire):
    """Two plans, each as a spec or by its plan_id."""

    old: TrainingSpecIn | PlanIdIn
    new: TrainingSpecIn | PlanIdIn


class ChangeOut(Wire):
    """One field with two values."""

    topic: Topic
    field: str = Field(description="JSON pointer into the plan.", examples=["/total_steps"])
    old: Any
    new: Any
    sentence: str


class OrderChangeOut(Wire):
    """How the orders of two runs relate."""

    relation: Relation = Field(
        description="`longer` and `shorter`: the same order, as far as both go; `agreeing`: equal "
        "as far as was looked."
    )
    agreeing_samples: int = Field(description="Samples from the start that are the same.")
    old_step: int | None = Field(description="Step of the old run in which they part.")
    new_step: int | None = Field(description="Step of the new run in which they part.")
    sentence: str


class DiffOut(Wire):
    """What changes from one plan to another."""

    changed: bool
    changes: list[ChangeOut] = Field(description="The most important first.")
    order: OrderChangeOut
    old: PlanOut
    new: PlanOut


def _decimal(given: object) -> object:
    return Decimal(given) if isinstance(given, int) and not isinstance(given, bool) else given


Share = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1)]
"""A number in [0, 1], exactly as it is written."""

Count = Annotated[int, Field(ge=0, le=INT64_MAX)]
"""An integer in [0, 2^63-1]."""


class PolicyIn(Wire):
    """What a team asks of its schedules; what is left out asks for nothing."""

    max_dropped_fraction: Share | None = Field(
        default=None, description="Most of the dataset that a full epoch may leave out."
    )
    max_dropped_samples: Count | None = Field(
        default=None, description="Most samples that a full epoch may leave out."
    )
    max_padded_samples: Count | None = Field(
        default=None, description="Most positions of a full epoch that only fill it up."
    )
    require_equal_ranks: bool | None = Field(
        default=None, description="Every rank must get as many samples as any other."
    )
    total_steps: PositiveInt64 | None = Field(default=None, description="Exactly so many steps.")
    min_total_steps: PositiveInt64 | None = Field(default=None, description="At least so many.")
    max_total_steps: PositiveInt64 | None = Field(default=None, description="At most so many.")
    epochs: PositiveInt64 | None = Field(
        default=None, description="Exactly so many epochs that are started."
    )
    global_batch_size: PositiveInt64 | None = Field(
        default=None, description="Exactly so many samples per full step."
    )
    min_coverage: Share | None = Field(
        default=None, description="Least fraction of the dataset that the run sees."
    )
    findings: dict[str, Annotated[Level, Field(strict=False)]] = Field(
        default_factory=dict,
        description="How severe findings are taken, by their codes; `off` leaves one out.",
        examples=[{"short-last-step": "error"}],
    )


class CheckIn(Wire):
    """A spec, and what it is held against."""

    spec: dict[str, Any] = Field(
        description="A training spec, as for `POST /v1/plans`; its faults are problems of the "
        "check, not of the request."
    )
    lock: LockIn | None = None
    policy: PolicyIn | None = None
    allow: list[Topic] | None = Field(
        default=None, description="Topics that may differ from the lock."
    )


class ObjectionOut(Wire):
    """One thing that a check says about a schedule."""

    source: Source
    code: str
    severity: Severity
    field: str = Field(description="JSON pointer into the spec; empty for the whole spec.")
    rule: str | None = Field(description="JSON pointer into the policy or the lock.")
    message: str
    suggestion: str | None


class CheckOut(Wire):
    """The outcome of a check."""

    passed: bool = Field(description="Whether no problem is an `error`.")
    problems: list[ObjectionOut]
    plan: PlanOut | None = Field(description="Null where the spec cannot be planned.")


class SightingIn(Wire):
    """What a job sees of itself; at least one of them."""

    dataset_size: PositiveInt64 | None = None
    global_batch_size: PositiveInt64 | None = None
    micro_batch_size: PositiveInt64 | None = None
    gradient_accumulation_steps: PositiveInt64 | None = None
    data_parallel_size: PositiveInt64 | None = None


class VerificationOut(Wire):
    """What a job sees is what its plan says."""

    plan_id: str
    verified: list[str] = Field(description="Names of the values that were held against the plan.")

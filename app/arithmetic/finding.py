"""A finding: something about a schedule that its owner should know."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How much a finding matters: `error` means the run would hang or fail."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact about a schedule, with its numbers.

    Attributes:
        code: Stable kebab-case name.
        severity: How much it matters.
        message: A sentence with the numbers in it.
        field: RFC 6901 pointer into the spec.
        suggestion: The nearest values that avoid it; None where there are none.
    """

    code: str
    severity: Severity
    message: str
    field: str
    suggestion: str | None = None


FINDING_CODES: Final = frozenset(
    {
        "accumulation-carried",
        "accumulation-dropped",
        "batch-size-decreased",
        "blend-not-counted",
        "budget-exceeded",
        "budget-rounded-down",
        "budget-rounded-up",
        "data-runs-out",
        "elastic-batch-above-largest",
        "elastic-batch-of-these-ranks",
        "elasticity-removed-later",
        "epochs-replay-the-first",
        "every-rank-reads-everything",
        "executions-are-whole",
        "fewer-samples-than-nodes",
        "fractional-last-epoch",
        "generator-needed",
        "global-batch-exceeds-dataset",
        "idle-ranks",
        "initial-nodes-forgotten",
        "items-stay-together",
        "iterations-are-micro-steps",
        "limit-has-no-effect",
        "loader-length-differs",
        "micro-batches-cross-passes",
        "micro-steps-lost",
        "never-validated",
        "one-micro-batch-per-epoch",
        "order-repeats",
        "overfit-share-above-one",
        "partition-padded",
        "ranks-counted-twice",
        "ranks-drift",
        "ranks-share-order",
        "remainder-dropped",
        "replacement-is-no-epoch",
        "resume-forgets-position",
        "resumed-earlier",
        "resumed-elsewhere",
        "resumed-inside-a-step",
        "resumed-padding-differs",
        "rounded-product",
        "run-ends-early",
        "samples-dropped",
        "samples-not-loaded",
        "samples-padded",
        "scheduler-steps",
        "seed-has-no-effect",
        "seed-truncated",
        "seeds-overlap",
        "seeds-wrap",
        "shard-after-shuffle",
        "shards-assumed",
        "shards-not-mixed",
        "short-last-step",
        "short-micro-step",
        "short-micro-steps",
        "shuffle-is-no-bijection",
        "shuffled-after-all",
        "shuffling-turned-off",
        "steps-cross-epochs",
        "steps-cross-passes",
        "unequal-ranks",
        "uneven-ranges",
        "uneven-updates",
        "virtual-epoch-is-not-a-pass",
        "weak-shuffle",
    }
)
"""Codes of the findings of all frameworks."""

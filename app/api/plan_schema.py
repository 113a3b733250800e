"""Plans, cursors and comparisons on the wire."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.api.spec_schema import SamplingIn
from app.api.wire import Wire
from app.arithmetic.finding import Severity
from app.arithmetic.spec import Remainder


class PinnedFramework(Wire):
    """A framework and the version that a plan is pinned to, with every option of its own."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: str
    version: str


class SettledSpec(Wire):
    """A spec with every field: defaults and solved values filled in, unused ones null."""

    dataset_size: int
    global_batch_size: int
    micro_batch_size: int
    gradient_accumulation_steps: int
    data_parallel_size: int
    epochs: int | str | None = Field(description='An integer, or a decimal text such as "2.5".')
    steps: int | None
    samples: int | None
    tokens: int | None
    tokens_per_sample: int | None
    steps_per_epoch: int | None
    remainder: Remainder | None = Field(description="Null with steps_per_epoch.")
    sampling: SamplingIn
    framework: PinnedFramework


class CoverageOut(Wire):
    """How many different samples the run sees."""

    distinct_samples: int | float = Field(
        description="A count where exact, else an expectation to 12 significant digits."
    )
    fraction: float = Field(description="distinct_samples / dataset_size.")
    exact: bool = Field(description="Whether the value is the same for every seed.")


class FindingOut(Wire):
    """Something about the schedule that its owner should know."""

    code: str = Field(description="Stable kebab-case name.", examples=["short-last-step"])
    severity: Severity = Field(description="`error`: the run would hang or fail.")
    message: str
    field: str = Field(description="JSON pointer into the spec.")
    suggestion: str | None = Field(description="The nearest values that avoid it.")


class LinksOut(Wire):
    """Relative URLs; what stands in braces is to be filled in."""

    self: str
    manifest: str
    digest: str
    cursor: str
    samples: str


class PlanOut(Wire):
    """Everything about one training run. Run totals may exceed 64 bits; they are exact."""

    plan_id: str = Field(description="The spec itself as a URL-safe text; valid for ever.")
    service_version: str
    order_algorithm: str = Field(description="The frozen algorithm behind the orders.")
    spec: SettledSpec
    epoch_kind: Literal["pass", "virtual", "draws"]
    steps_per_epoch: int = Field(description="Steps of a full epoch.")
    micro_steps_per_epoch: int = Field(description="Micro-steps of a full epoch.")
    samples_per_epoch: int = Field(description="Samples of a full epoch, padding included.")
    last_step_samples: int = Field(description="Samples of the last step of a full epoch.")
    dropped_samples_per_epoch: int
    padded_samples_per_epoch: int
    epochs: int = Field(description="Epochs that are started.")
    total_steps: int
    total_micro_steps: int
    total_samples: int
    passes: float = Field(description="total_samples / dataset_size; not the epoch count.")
    final_epoch_steps: int = Field(description="Steps that the run takes of its last epoch.")
    final_step_samples: int = Field(description="Samples of the last step of the run.")
    coverage: CoverageOut
    framework_numbers: dict[str, Any] = Field(
        description="Numbers that the framework computes itself, under its own names."
    )
    findings: list[FindingOut]
    links: LinksOut


class CursorOut(Wire):
    """A point of a run between two steps."""

    step: int = Field(description="Completed steps, in [0, total_steps].")
    epoch: int = Field(description="Epoch of the next step.")
    step_in_epoch: int = Field(description="Completed steps of that epoch.")
    consumed_samples: int = Field(description="Samples taken so far, padding included.")
    pass_: int | None = Field(
        alias="pass",
        description="Pass of the next position; null for random_sample and with_replacement, "
        "which make no passes.",
    )
    pass_position: int | None = Field(description="Position within that pass.")
    remaining_steps: int
    remaining_samples: int
    done: bool


class DifferenceOut(Wire):
    """A field in which plans differ."""

    field: str = Field(description="JSON pointer into the plan.", examples=["/total_steps"])
    values: list[Any] = Field(description="One for every plan.")


class ComparisonOut(Wire):
    """What plans share, in what they differ, and what it comes down to."""

    plans: list[PlanOut]
    same: list[str] = Field(description="JSON pointers of the fields with one value in all plans.")
    differs: list[DifferenceOut]
    explanation: list[str] = Field(description="True sentences with their numbers.")

"""Refusals of the planning core: facts with their numbers, and no word of HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with what was asked.

    Attributes:
        code: Stable kebab-case name of the fault.
        pointer: RFC 6901 JSON pointer into the spec, or to the parameter ("/rank").
        detail: A sentence with the numbers in it.
        given: The value that was asked for, as it came.
        allowed: What would have been accepted, in words.
        nearest: Legal values next to the given one, smallest first; empty where none exists.
    """

    code: str
    pointer: str
    detail: str
    given: object
    allowed: str
    nearest: tuple[int | str, ...] = ()


class PlanningError(Exception):
    """Base of every refusal of the core.

    >>> raise UnknownEpochError(epoch=10, epochs=10)
    Traceback (most recent call last):
    ...
    app.errors.UnknownEpochError: epoch 10 is not within [0, 10)

    Attributes:
        code: Stable kebab-case name of the refusal.
        title: Short, constant summary of the refusal.
        faults: Every fault that was found, never empty.
    """

    code: ClassVar[str] = "planning-error"
    title: ClassVar[str] = "The request cannot be planned"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


class InvalidSpecError(PlanningError):
    """The training spec contradicts itself, or no schedule satisfies it."""

    code = "invalid-spec"
    title = "The training spec is not valid"


class InvalidCursorError(PlanningError):
    """The point of the run that was asked for is no step boundary of the run."""

    code = "invalid-cursor"
    title = "There is no such point in the run"


class InvalidSelectionError(PlanningError):
    """The slice of an epoch that was asked for does not exist."""

    code = "invalid-selection"
    title = "There is no such slice of the epoch"


class WorkLimitError(PlanningError):
    """The answer exists, but costs more than one request may cause."""

    code = "work-limit-exceeded"
    title = "The request asks for more work than one request may cause"


class UnknownPlanError(PlanningError):
    """A text that is not the plan_id of any plan."""

    code = "unknown-plan"
    title = "There is no plan with this plan_id"


class UnknownEpochError(PlanningError):
    """An epoch outside the run."""

    code = "unknown-epoch"
    title = "The run has no such epoch"

    def __init__(self, *, epoch: int | str, epochs: int) -> None:
        nearest = () if isinstance(epoch, str) else (min(max(epoch, 0), epochs - 1),)
        super().__init__(
            [
                Fault(
                    code=self.code,
                    pointer="/epoch",
                    detail=f"epoch {epoch} is not within [0, {epochs})",
                    given=epoch,
                    allowed=f"an integer in [0, {epochs}), in plain decimal digits",
                    nearest=nearest,
                )
            ]
        )


class UnknownSampleError(PlanningError):
    """A sample index outside the dataset."""

    code = "unknown-sample"
    title = "The dataset has no such sample"

    def __init__(self, *, sample_index: int | str, dataset_size: int) -> None:
        nearest = (
            () if isinstance(sample_index, str) else (min(max(sample_index, 0), dataset_size - 1),)
        )
        super().__init__(
            [
                Fault(
                    code=self.code,
                    pointer="/sample_index",
                    detail=f"sample_index {sample_index} is not within [0, {dataset_size})",
                    given=sample_index,
                    allowed=f"an integer in [0, {dataset_size}), in plain decimal digits",
                    nearest=nearest,
                )
            ]
        )

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


def outside(name: str, value: int, *, lowest: int = 0, highest: int, code: str = "") -> Fault:
    """The fault of a number that is not within [lowest, highest].

    >>> outside("stop_step", 9, highest=7).code, outside("stop_step", 9, highest=7).nearest
    ('stop-step-out-of-range', (7,))
    """
    return Fault(
        code=code or f"{name.replace('_', '-')}-out-of-range",
        pointer=f"/{name}",
        detail=f"{name} {value} is not within [{lowest}, {highest}]",
        given=value,
        allowed=f"an integer in [{lowest}, {highest}]",
        nearest=(min(max(value, lowest), highest),),
    )


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


class InvalidCheckError(PlanningError):
    """What a plan is to be held against is not valid."""

    code = "invalid-check"
    title = "The check cannot be carried out"


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
        super().__init__([_no_such(self.code, "epoch", epoch, epochs)])


class UnknownSampleError(PlanningError):
    """A sample index outside the dataset."""

    code = "unknown-sample"
    title = "The dataset has no such sample"

    def __init__(self, *, sample_index: int | str, dataset_size: int) -> None:
        super().__init__([_no_such(self.code, "sample_index", sample_index, dataset_size)])


def _no_such(code: str, name: str, given: int | str, count: int) -> Fault:
    """The fault of an index that is not within [0, count), or of a text that is no index."""
    return Fault(
        code=code,
        pointer=f"/{name}",
        detail=f"{name} {given} is not within [0, {count})",
        given=given,
        allowed=f"an integer in [0, {count}), in plain decimal digits",
        nearest=() if isinstance(given, str) else (min(max(given, 0), count - 1),),
    )

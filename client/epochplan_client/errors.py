"""What can go wrong, each with a text that says what to do about it.

Every error can be pickled, so that it comes out of a worker process as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a request, as the service tells it.

    Attributes:
        location: Part of the request: body, query, path or header.
        pointer: JSON pointer to the field, "" for the request as a whole.
        code: Stable kebab-case name.
        detail: What is wrong, in a sentence.
        given: What was given.
        allowed: What would be right.
        nearest: The nearest right values, where there are any.
    """

    location: str
    pointer: str
    code: str
    detail: str
    given: object
    allowed: str
    nearest: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A number of which the job sees something else than its plan says.

    Attributes:
        field: Its name in the spec.
        seen: What the job sees.
        planned: What the plan says; None where the service does not tell.
    """

    field: str
    seen: object
    planned: object


class EpochplanError(Exception):
    """Whatever this package raises."""


class InvalidArgumentError(EpochplanError, ValueError):
    """An argument that cannot be meant; nothing was asked of the service."""


class ServiceUnavailableError(EpochplanError):
    """The service did not answer, or was too busy, for as long as it was waited for."""


class UnexpectedAnswerError(EpochplanError):
    """What answers is not Epochplan, or another version of it than this package knows."""


class RequestRefusedError(EpochplanError):
    """The service is there and says that what was asked for does not exist.

    Attributes:
        status: HTTP status, 400 to 599.
        code: Stable kebab-case name of the problem.
        faults: Every fault of the request.
    """

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", faults: Sequence[Fault] = ()
    ) -> None:
        self.status = status
        self.code = code
        self.faults = tuple(faults)
        super().__init__(message)


class PlanMismatchError(EpochplanError):
    """The job is not the one that was planned.

    Attributes:
        mismatches: Every number that differs.
    """

    def __init__(self, message: str, *, mismatches: Sequence[Mismatch] = ()) -> None:
        self.mismatches = tuple(mismatches)
        super().__init__(message)


class DamagedBlockError(EpochplanError):
    """Sample indices arrived that are not those of the plan, again and again."""


class UnsupportedPlanError(EpochplanError):
    """The plan exists, but this package cannot read it step by step."""


class StateMismatchError(EpochplanError):
    """A saved state does not belong to the plan that is to go on from it."""


class StepUnknownError(EpochplanError):
    """Nobody told how many steps training has completed."""


def mismatch_error(plan_id: str, mismatches: Sequence[Mismatch]) -> PlanMismatchError:
    """The error that names every mismatch.

    >>> str(mismatch_error("ep1_x", [Mismatch("data_parallel_size", 8, 4)]))  # doctest: +ELLIPSIS
    'this job is not the one of plan ep1_x: data_parallel_size is 8 here and 4 in the plan; ...'
    """
    told = "; ".join(
        f"{each.field} is {each.seen} here and {each.planned} in the plan" for each in mismatches
    )
    message = (
        f"this job is not the one of plan {plan_id}: {told}; start it as it was planned, "
        "or plan it as it is"
    )
    return PlanMismatchError(message, mismatches=mismatches)

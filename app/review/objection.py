"""An objection to a schedule: why a check does not let it pass, or what it points out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.arithmetic.finding import Finding, Severity
from app.errors import Fault
from app.review.excerpt import excerpt


class Source(StrEnum):
    """Where an objection comes from."""

    SPEC = "spec"
    FINDING = "finding"
    LOCK = "lock"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing that a check says about a schedule.

    Attributes:
        source: Where it comes from.
        code: Stable kebab-case name.
        severity: A check fails on `error` alone.
        field: RFC 6901 pointer into the spec; empty for the spec as a whole.
        message: A sentence with the numbers in it.
        rule: Pointer into the policy or the lock; None where neither is the source.
        suggestion: The nearest values that avoid it; None where there are none.
    """

    source: Source
    code: str
    severity: Severity
    field: str
    message: str
    rule: str | None = None
    suggestion: str | None = None


def fault_objections(faults: Sequence[Fault]) -> tuple[Objection, ...]:
    """The objections to a spec that cannot be planned."""
    return tuple(
        Objection(
            source=Source.SPEC,
            code=fault.code,
            severity=Severity.ERROR,
            field=fault.pointer,
            message=_told(fault),
            suggestion=_nearest(fault),
        )
        for fault in faults
    )


def finding_objection(finding: Finding, severity: Severity, *, rule: str | None) -> Objection:
    """A finding as an objection, as severe as a policy says."""
    return Objection(
        source=Source.FINDING,
        code=finding.code,
        severity=severity,
        field=finding.field,
        message=finding.message,
        rule=rule,
        suggestion=finding.suggestion,
    )


def _told(fault: Fault) -> str:
    """What is wrong, with the name of the field."""
    name = fault.pointer.rpartition("/")[2]
    return fault.detail if name in fault.detail else f"{excerpt(name)}: {fault.detail}"


def _nearest(fault: Fault) -> str:
    """What would be accepted, the nearest legal values first.

    >>> _nearest(
    ...     Fault(
    ...         code="c", pointer="/a", detail="d", given=7, allowed="an even one", nearest=(6, 8)
    ...     )
    ... )
    'nearest 6 or 8; allowed: an even one'
    """
    allowed = f"allowed: {fault.allowed}"
    values = " or ".join(map(str, fault.nearest))
    return f"nearest {values}; {allowed}" if values else allowed

"""A finding: something about a schedule that its owner should know."""

from dataclasses import dataclass
from enum import StrEnum


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

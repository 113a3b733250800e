"""How many steps the service digests at once, learnt from its refusals."""

from typing import Final

from epochplan_client.clock import Span
from epochplan_client.errors import Fault, RequestRefusedError

_CODE: Final = "work-limit-exceeded"
_POINTER: Final = "/stop_step"


class DigestLimit:
    """The most steps whose digest was not refused; none, before anything was.

    >>> limit, long = DigestLimit(), Span(epoch=0, start_step=10, stop_step=50)
    >>> fault = Fault(
    ...     location="query", pointer="/stop_step", code="digest-too-long", detail="", given=50,
    ...     allowed="[10, 30)", nearest=(30,),
    ... )  # fmt: skip
    >>> limit.learn(long, RequestRefusedError("", code="work-limit-exceeded", faults=[fault]))
    >>> limit.part(long)
    Span(epoch=0, start_step=10, stop_step=30)
    """

    def __init__(self) -> None:
        self._steps: int | None = None

    def part(self, span: Span) -> Span:
        """The first steps of a span, as many as are digested at once."""
        if self._steps is None:
            return span
        return span._replace(stop_step=min(span.stop_step, span.start_step + self._steps))

    def learn(self, span: Span, refusal: RequestRefusedError) -> None:
        """Ask for fewer steps than those that the service has just refused.

        Raises:
            RequestRefusedError: The refusal itself, where it names no fewer.
        """
        steps = [
            stop - span.start_step
            for fault in refusal.faults
            if refusal.code == _CODE and fault.pointer == _POINTER
            for stop in _stops(fault)
            if span.start_step < stop < span.stop_step
        ]
        if not steps:
            raise refusal
        self._steps = min(steps)


def _stops(fault: Fault) -> list[int]:
    return [stop for stop in fault.nearest if isinstance(stop, int)]

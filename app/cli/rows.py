"""Indices as lines of text, asked for a few steps at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

from app.cli.manifest_request import Encoding, ManifestRequest
from app.cli.planner_link import PlannerLink
from app.cli.problem import failure
from app.cli.progress import Tell

INDICES_AT_ONCE: Final = 2**17
"""Most indices of a request, unless a single step has more."""


def pour_rows(
    link: PlannerLink, request: ManifestRequest, write: Callable[[bytes], object], tell: Tell
) -> str:
    """Hand the lines of a manifest as csv or ndjson to `write`, a few steps at a time.

    Returns:
        That nothing verified them, as a sentence.

    Raises:
        FailedError: There is no such manifest, or a block does not arrive.
    """
    came = 0
    for block in _blocks(link, request):
        write(block)
        came += len(block)
        tell(came, None)
    return f"not verified: a digest is of raw bytes, not of {request.encoding}"


def _blocks(link: PlannerLink, request: ManifestRequest) -> Iterator[bytes]:
    steps = _steps(link, request)
    for first in range(steps.start, max(steps.stop, steps.start + 1), steps.step):
        stop = min(first + steps.step, steps.stop)
        window = {"start_step": str(first), "stop_step": str(stop)}
        query = {**request.selection, **window, "format": str(request.encoding)}
        answer = link.ask("GET", request.path, query=query)
        link.check(answer)
        headed = request.encoding is Encoding.CSV and first != steps.start
        yield answer.content.partition(b"\n")[2] if headed else answer.content


def _steps(link: PlannerLink, request: ManifestRequest) -> range:
    """The steps that are asked for, in strides of those that are fetched at once."""
    plan = link.read("GET", f"/v1/plans/{request.plan_id}", holding={"spec": dict})
    given = request.selection
    empty = {**given, "stop_step": given.get("start_step", "0"), "format": "json"}
    window = {"start_step": int, "steps_in_epoch": int}
    page = link.read("GET", request.path, query=empty, holding=window)
    start, last = _integer(page, "start_step"), _integer(page, "steps_in_epoch")
    stop = int(given.get("stop_step", last))
    if start > stop or stop > last:
        # which the service refuses in words of its own
        link.read("GET", request.path, query={**given, "format": "json"}, holding=window)
    spec = cast("Mapping[str, object]", plan.get("spec", {}))
    return range(start, stop, max(1, INDICES_AT_ONCE // _integer(spec, "global_batch_size")))


def _integer(document: Mapping[str, object], name: str) -> int:
    value = document.get(name)
    if isinstance(value, int):
        return value
    message = f"the answer holds no integer {name}"
    raise failure(source="service", code="not-this-service", message=message)

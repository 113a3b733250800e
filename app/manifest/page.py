"""Manifest as pages of JSON: whole steps, at least one, up to a number of indices."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import orjson
from numpy.typing import NDArray

from app.errors import Fault, WorkLimitError
from app.manifest.rows import EvenSteps, Group, even_steps_of
from app.manifest.selection import Selection
from app.sampling.filling import filled


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What one page may hold and cost.

    Attributes:
        indices: Most indices of a page.
        work: Most indices, tables included, that may be computed for a page.
    """

    indices: int
    work: int


def page_selection(selection: Selection, limits: PageLimits) -> Selection:
    """The longest start of a selection that fits into one page.

    Raises:
        WorkLimitError: A single step is too much for a page.
    """
    page = selection.longest(
        lambda part: part.members.count <= limits.indices and part.work() <= limits.work
    )
    if page.stop_step == selection.start_step < selection.stop_step:
        raise WorkLimitError([_step_too_large(selection, limits)])
    return page


def listed_indices(selection: Selection, group: Group) -> bytes:
    """The sample indices of a page as JSON: lists of lists, or one list when flat."""
    indices = filled(selection.order(), selection.members)
    if group is Group.FLAT:
        return _json(indices)
    parts, first = list[bytes](), 0
    for even in even_steps_of(selection, group):
        stop = first + even.steps * sum(even.sizes)
        parts.append(_listed(indices[first:stop], even, group))
        first = stop
    if len(parts) == 1:
        return parts[0]
    # without the brackets around each, and without another copy of them
    return b"[%b]" % b",".join(memoryview(part)[1:-1] for part in parts)


def _listed(indices: NDArray[np.int64], even: EvenSteps, group: Group) -> bytes:
    """The lists of some steps.

    An array of several axes is written much faster than a list of many arrays.
    """
    steps, sizes = even
    if group is Group.STEP:
        return _json(indices.reshape(steps, *sizes))
    if len({*sizes}) == 1:
        # steps, micro-steps of a step, samples of a micro-step
        return _json(indices.reshape(steps, len(sizes), sizes[0]))
    cuts = [*accumulate(sizes)][:-1]
    lists = [np.split(step, cuts) for step in indices.reshape(steps, sum(sizes))]
    return _json(lists)


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def _first_step_samples(selection: Selection) -> int:
    return selection.until(selection.start_step + 1).members.count


def _step_too_large(selection: Selection, limits: PageLimits) -> Fault:
    return Fault(
        code="step-too-large",
        pointer="/format",
        detail=f"one step of this selection has {_first_step_samples(selection)} samples; a JSON "
        f"page holds at most {limits.indices} and may cost {limits.work} computed indices",
        given="json",
        allowed="raw, npy, arrow, ndjson or csv, which are streamed; or one rank",
        nearest=("raw",),
    )

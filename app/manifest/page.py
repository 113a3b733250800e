"""Manifest as pages of JSON: whole steps, at least one, up to a number of indices."""

from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from app.errors import Fault, WorkLimitError
from app.manifest.blocks import filled
from app.manifest.rows import Group, Rows, rows_of
from app.manifest.selection import Selection


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
    steps = selection.stop_step - selection.start_step
    if selection.members.count > limits.indices:
        steps = limits.indices // selection.full_step_samples
    while steps > 1 and _work(selection, steps) > limits.work:
        steps //= 2
    if selection.members.count and (not steps or _work(selection, steps) > limits.work):
        raise WorkLimitError([_step_too_large(selection, limits)])
    return selection.until(selection.start_step + steps)


def listed_indices(selection: Selection, group: Group) -> bytes:
    """The sample indices of a page as JSON: lists of lists, or one list when flat."""
    indices = filled(selection.order(), selection.members)
    if group is Group.FLAT:
        return _json(indices)
    rows = rows_of(selection, group)
    lists = _lists(indices, rows)
    if group is Group.STEP:
        return _json(lists)
    return _json(
        [lists[row : row + rows.rows_per_step] for row in range(0, rows.count, rows.rows_per_step)]
    )


def _lists(indices: NDArray[np.int64], rows: Rows) -> list[NDArray[np.int64]]:
    return [indices[slice(*rows.bounds(row))] for row in range(rows.count)]


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def _work(selection: Selection, steps: int) -> int:
    part = selection.until(selection.start_step + steps)
    return part.order().work(part.members)


def _step_too_large(selection: Selection, limits: PageLimits) -> Fault:
    return Fault(
        code="step-too-large",
        pointer="/format",
        detail=f"one step of this selection has {selection.full_step_samples} samples; a JSON page "
        f"holds at most {limits.indices} and may cost {limits.work} computed indices",
        given="json",
        allowed="raw, npy, arrow, ndjson or csv, which are streamed; or one rank",
        nearest=("raw",),
    )

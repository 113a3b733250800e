"""Manifest as pages of JSON: whole steps, at least one, up to a number of indices."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import orjson
from numpy.typing import NDArray

from app.errors import Fault, WorkLimitError
from app.manifest.rows import Group, Row, rows_of
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
    rows = rows_of(selection, group)
    if group is Group.STEP:
        return _json([_listed(indices, row) for row in rows])
    steps = groupby(rows, key=lambda row: row.step_in_epoch)
    return _json([[_listed(indices, row) for row in step] for _, step in steps])


def _listed(indices: NDArray[np.int64], row: Row) -> NDArray[np.int64]:
    return indices[row.first : row.stop]


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

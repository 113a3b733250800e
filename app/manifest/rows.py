"""How the members of a selection fall into rows: one per step, or one per micro-step."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from app.manifest.selection import Selection


class Group(StrEnum):
    """What one list of sample indices stands for."""

    STEP = "step"
    MICRO_STEP = "micro_step"
    FLAT = "flat"


class Row(NamedTuple):
    """Consecutive members of a selection that make one list.

    Attributes:
        step_in_epoch: Step of the row, within the epoch.
        micro_step: Micro-step of the row, within its step; 0 for a whole step.
        first: First member, counted within the selection.
        stop: Member behind the last one; equal to first where a rank has no sample.
    """

    step_in_epoch: int
    micro_step: int
    first: int
    stop: int


class EvenSteps(NamedTuple):
    """Consecutive steps of a selection whose rows have the same sizes.

    Attributes:
        steps: How many.
        sizes: Members of every row of one of them; zero where a rank has no sample.
    """

    steps: int
    sizes: tuple[int, ...]


def rows_of(selection: Selection, group: Group) -> Iterator[Row]:
    """The rows of a selection, for any group but flat.

    A short step has the micro-steps that the rank with the most samples runs.
    """
    share, first = cache(selection.share), 0  # nearly all rows are of one size
    for step, micro_step, samples in _sizes(selection, group):
        stop = first + share(samples)
        yield Row(step, micro_step, first, stop)
        first = stop


def even_steps_of(selection: Selection, group: Group) -> Iterator[EvenSteps]:
    """The same rows, as many steps as possible taken together."""
    bounds = pairwise(selection.grid.starts(selection.start_step, selection.stop_step))
    for samples, same in groupby(stop - start for start, stop in bounds):
        yield EvenSteps(sum(1 for _ in same), _row_sizes(selection, group, samples))


def _row_sizes(selection: Selection, group: Group, samples: int) -> tuple[int, ...]:
    """Members of every row of a step with so many samples over all ranks."""
    if group is Group.STEP:
        return (selection.share(samples),)
    row = selection.grid.row_samples
    whole, rest = divmod(samples, row)
    return (selection.share(row),) * whole + ((selection.share(rest),) if rest else ())


def _sizes(selection: Selection, group: Group) -> Iterator[tuple[int, int, int]]:
    """Step, micro-step and samples of every row, over all ranks."""
    grid = selection.grid
    bounds = pairwise(grid.starts(selection.start_step, selection.stop_step))
    for step, (start, stop) in enumerate(bounds, start=selection.start_step):
        if group is Group.STEP:
            yield step, 0, stop - start
        else:
            whole, rest = divmod(stop - start, grid.row_samples)
            yield from ((step, micro_step, grid.row_samples) for micro_step in range(whole))
            if rest:
                yield step, whole, rest

"""How the members of a selection fall into rows: one per step, one per micro-step, or one."""

from dataclasses import dataclass
from enum import StrEnum

from app.arithmetic.epochs import micro_steps
from app.manifest.selection import Selection


class Group(StrEnum):
    """What one list of sample indices stands for."""

    STEP = "step"
    MICRO_STEP = "micro_step"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of equal size over the members of a selection; only the last step may be cut short.

    Attributes:
        start_step: Step of row 0.
        row_size: Members of a full row.
        rows_per_step: Rows of a full step.
        count: Number of rows; the rows of a short step are those that every rank runs.
        members: Members of the selection.
    """

    start_step: int
    row_size: int
    rows_per_step: int
    count: int
    members: int

    def bounds(self, row: int) -> tuple[int, int]:
        """Members [first, stop) of a row; empty where a rank has no sample."""
        first = min(row * self.row_size, self.members)
        return first, min(first + self.row_size, self.members)

    def step_in_epoch(self, row: int) -> int:
        """Step of a row, within the epoch."""
        return self.start_step + row // self.rows_per_step

    def micro_step(self, row: int) -> int:
        """Micro-step of a row, within its step."""
        return row % self.rows_per_step


def rows_of(selection: Selection, group: Group) -> Rows:
    """The rows of a selection, for any group but flat.

    A rank has micro_batch_size samples in a micro-step, all ranks together data_parallel_size
    times as many.
    """
    batch, steps = selection.plan.spec.batch, selection.stop_step - selection.start_step
    if group is Group.STEP or not steps:
        row_size, rows_per_step, count = selection.full_step_samples, 1, steps
    else:
        rows_per_step = batch.gradient_accumulation_steps
        row_size = selection.full_step_samples // rows_per_step
        last = selection.plan.run.shape.samples_in_step(selection.stop_step - 1)
        count = (steps - 1) * rows_per_step + micro_steps(last, batch)
    return Rows(
        start_step=selection.start_step,
        row_size=row_size,
        rows_per_step=rows_per_step,
        count=count,
        members=selection.members.count,
    )

"""What the service itself says, computed in this process: the truth that the client is held to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.manifest.rows import Group, rows_of
from app.manifest.selection import select
from app.plan.lookup import plan_named
from app.sampling.filling import filled


def micro_batches(plan_id: str, *, epoch: int, rank: int, start_step: int = 0) -> list[list[int]]:
    """The lists of `group=micro_step`, one after the other."""
    selection = select(plan_named(plan_id), epoch=epoch, rank=rank, start_step=start_step)
    indices = filled(selection.order(), selection.members)
    return [indices[row.first : row.stop].tolist() for row in rows_of(selection, Group.MICRO_STEP)]


def whole_epoch(plan_id: str, epoch: int) -> NDArray[np.int64]:
    """The samples of all ranks, in the order of positions."""
    selection = select(plan_named(plan_id), epoch=epoch)
    return filled(selection.order(), selection.members)


def samples_of_step(plan_id: str, step: int) -> list[int]:
    """The samples of a step of the run, ascending."""
    plan = plan_named(plan_id)
    epoch, step_in_epoch = plan.run.epoch_at(step)
    selection = select(plan, epoch=epoch, start_step=step_in_epoch, stop_step=step_in_epoch + 1)
    return sorted(filled(selection.order(), selection.members).tolist())


def spec_of(**fields: Any) -> dict[str, Any]:
    """A small spec: three epochs with a short last step, for two ranks."""
    small = {
        "dataset_size": 101,
        "micro_batch_size": 3,
        "gradient_accumulation_steps": 2,
        "data_parallel_size": 2,
        "epochs": 3,
    }
    return {name: value for name, value in (small | fields).items() if value is not None}

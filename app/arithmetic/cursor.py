"""A point of a run between two steps, found by steps, by samples or by epoch."""

from collections.abc import Callable
from dataclasses import dataclass

from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.errors import Fault, InvalidCursorError, outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a run stands after `step` completed steps.

    Attributes:
        step: Completed steps, in [0, total_steps].
        epoch: Epoch of the next step; the number of epochs when a run ends with a full epoch.
        step_in_epoch: Completed steps of that epoch.
        consumed_samples: Samples taken so far, padding included.
        pass_number: Pass of the next position; None for methods without passes.
        pass_position: Position within that pass; None for methods without passes.
        remaining_steps: Steps left.
        remaining_samples: Samples left, padding included.
    """

    step: int
    epoch: int
    step_in_epoch: int
    consumed_samples: int
    pass_number: int | None
    pass_position: int | None
    remaining_steps: int
    remaining_samples: int

    @property
    def done(self) -> bool:
        """Whether no step is left."""
        return self.remaining_steps == 0


Passes = Callable[[int, int], PassPoint | None]
"""Epoch and position in the epoch -> where that stands in the chain of passes, if in one."""


def cursor_at_step(run: Run, passes: Passes, step: int) -> Cursor:
    """The point after so many completed steps.

    Raises:
        InvalidCursorError: step is not within [0, total_steps].
    """
    if not 0 <= step <= run.total_steps:
        raise InvalidCursorError([_outside("step", step, run.total_steps)])
    epoch, step_in_epoch = run.epoch_at(step)
    consumed = run.consumed_samples(step)
    position = run.grid(epoch).start_of(step_in_epoch) if epoch < run.epochs else 0
    point = passes(epoch, position)
    return Cursor(
        step=step,
        epoch=epoch,
        step_in_epoch=step_in_epoch,
        consumed_samples=consumed,
        pass_number=point.number if point else None,
        pass_position=point.position if point else None,
        remaining_steps=run.total_steps - step,
        remaining_samples=run.total_samples - consumed,
    )


def cursor_at_samples(run: Run, passes: Passes, consumed_samples: int) -> Cursor:
    """The point after so many consumed samples.

    Raises:
        InvalidCursorError: No step of the run ends there; the fault names the boundaries on both
            sides.
    """
    last = run.consumed_samples(run.total_steps)
    if not 0 <= consumed_samples <= last:
        raise InvalidCursorError([_outside("consumed_samples", consumed_samples, last)])
    step = run.fewest_steps(consumed_samples)
    if run.consumed_samples(step) != consumed_samples:
        raise InvalidCursorError([_between_steps(run, consumed_samples, step)])
    return cursor_at_step(run, passes, step)


def cursor_at_epoch(run: Run, passes: Passes, epoch: int, step_in_epoch: int) -> Cursor:
    """The point after so many completed steps of an epoch; (e, S) is (e + 1, 0).

    Raises:
        InvalidCursorError: The run does not reach that point.
    """
    last, steps_of_last = run.epoch_at(run.total_steps)
    faults: list[Fault] = []
    if not 0 <= epoch <= last:
        faults.append(_outside("epoch", epoch, last))
    known = 0 <= epoch < last
    steps = run.completed_in(epoch) if known else max(steps_of_last, run.shape.steps_per_epoch)
    if not 0 <= step_in_epoch <= steps:
        faults.append(_outside("step_in_epoch", step_in_epoch, steps))
    if not faults and not known and step_in_epoch > steps_of_last:
        faults.append(_outside("step_in_epoch", step_in_epoch, steps_of_last))
    if faults:
        raise InvalidCursorError(faults)
    return cursor_at_step(run, passes, run.first_step(epoch) + step_in_epoch)


def _outside(name: str, value: int, last: int) -> Fault:
    return outside(name, value, highest=last, code="outside-the-run")


def _between_steps(run: Run, consumed_samples: int, next_step: int) -> Fault:
    before, after = run.consumed_samples(next_step - 1), run.consumed_samples(next_step)
    return Fault(
        code="between-steps",
        pointer="/consumed_samples",
        detail=(
            f"no step ends after {consumed_samples} samples: step {next_step - 1} ends after "
            f"{before} and step {next_step} after {after}"
        ),
        given=consumed_samples,
        allowed="a number of samples at which a step ends",
        nearest=(before, after),
    )

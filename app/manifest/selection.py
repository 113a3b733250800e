"""Which part of a plan's manifest is asked for: an epoch, a rank, a range of steps."""

from collections.abc import Callable
from dataclasses import dataclass

from app.arithmetic.grid import StepGrid
from app.arithmetic.integers import first_that
from app.arithmetic.run import Run
from app.errors import Fault, InvalidSelectionError, UnknownEpochError, outside
from app.plan.planner import Plan
from app.sampling.layout import Progression, contiguous, rank_positions
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Steps [start_step, stop_step) of one epoch, for one rank or for all.

    Attributes:
        plan: The plan that is read.
        epoch: In [0, epochs).
        rank: In [0, data_parallel_size); None for the whole global batch in position order.
        start_step: First step within the epoch.
        stop_step: Step within the epoch behind the last one; equal to start_step for no step.
    """

    plan: Plan
    epoch: int
    rank: int | None
    start_step: int
    stop_step: int

    @property
    def steps_in_epoch(self) -> int:
        """Steps that the run takes of this epoch."""
        return self.plan.run.steps_in_epoch(self.epoch)

    @property
    def grid(self) -> StepGrid:
        """The steps that the run takes of this epoch."""
        return self.plan.run.grid(self.epoch)

    @property
    def members(self) -> Progression:
        """Positions that are selected, in the order in which they are listed."""
        grid = self.grid
        return self._selected(range(grid.start_of(self.start_step), grid.start_of(self.stop_step)))

    def share(self, samples: int) -> int:
        """How many of so many positions are selected, counted from the start of a micro-step."""
        return self._selected(range(samples)).count

    def order(self) -> Order:
        """The order of this epoch."""
        return self.plan.order(self.epoch)

    def work(self) -> int:
        """Indices that are computed to list it, tables included."""
        members = self.members
        return self.order().work(members) if members.count else 0

    def longest(self, fits: "Callable[[Selection], bool]") -> "Selection":
        """The longest start of whole steps that fits, found by bisection; maybe without a step.

        Args:
            fits: Whatever does not fit does not fit with further steps either.
        """
        if fits(self):
            return self
        steps = range(self.start_step, self.stop_step)
        return self.until(first_that(lambda step: not fits(self.until(step + 1)), steps))

    def until(self, stop_step: int) -> "Selection":
        """The same from start_step on, ending before another step."""
        return Selection(
            plan=self.plan,
            epoch=self.epoch,
            rank=self.rank,
            start_step=self.start_step,
            stop_step=stop_step,
        )

    def _selected(self, positions: range) -> Progression:
        """What is selected of positions that start with a micro-step."""
        if self.rank is None:
            return contiguous(positions)
        spec, framework = self.plan.spec, self.plan.framework
        return rank_positions(framework.layout(spec), positions, spec.batch, self.rank)


def select(
    plan: Plan,
    *,
    epoch: int,
    rank: int | None = None,
    start_step: int | None = None,
    stop_step: int | None = None,
) -> Selection:
    """A selection that exists; what is left open means everything.

    Raises:
        UnknownEpochError: epoch is not within [0, epochs).
        InvalidSelectionError: With every fault of rank, start_step and stop_step at once.
    """
    check_epoch(plan.run, epoch)
    steps = plan.run.steps_in_epoch(epoch)
    start, stop = start_step or 0, steps if stop_step is None else stop_step
    ranks = plan.spec.batch.data_parallel_size
    faults = [
        *_outside("rank", rank, ranks - 1),
        *_outside("start_step", start_step, steps),
        *_outside("stop_step", stop_step, steps),
    ]
    if not faults and start > stop:
        faults.append(_reversed(start, stop))
    if faults:
        raise InvalidSelectionError(faults)
    return Selection(plan=plan, epoch=epoch, rank=rank, start_step=start, stop_step=stop)


def check_epoch(run: Run, epoch: int) -> None:
    """Refuse an epoch outside the run.

    Raises:
        UnknownEpochError: epoch is not within [0, epochs).
    """
    if not 0 <= epoch < run.epochs:
        raise UnknownEpochError(epoch=epoch, epochs=run.epochs)


def _outside(name: str, value: int | None, last: int) -> list[Fault]:
    return [] if value is None or 0 <= value <= last else [outside(name, value, highest=last)]


def _reversed(start: int, stop: int) -> Fault:
    return Fault(
        code="steps-reversed",
        pointer="/stop_step",
        detail=f"stop_step {stop} lies before start_step {start}",
        given=stop,
        allowed=f"an integer that is at least start_step {start}",
        nearest=(start,),
    )

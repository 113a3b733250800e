"""Steps of a run and steps of its epochs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from epochplan_client.errors import InvalidArgumentError, UnsupportedPlanError
from epochplan_client.plan import Plan
from epochplan_client.whole_numbers import whole_number


class Place(NamedTuple):
    """A point of a run between two steps.

    Attributes:
        epoch: Epoch of the next step.
        step_in_epoch: Completed steps of that epoch.
    """

    epoch: int
    step_in_epoch: int


class Span(NamedTuple):
    """Steps [start_step, stop_step) of one epoch."""

    epoch: int
    start_step: int
    stop_step: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The steps of a run whose epochs have the same number of steps, but for the last one.

    >>> clock = Clock(steps_per_epoch=10, total_steps=25)
    >>> clock.epochs, clock.steps_in(2), clock.place(20), clock.place(25)
    (3, 5, Place(epoch=2, step_in_epoch=0), Place(epoch=3, step_in_epoch=0))

    Attributes:
        steps_per_epoch: Steps of a full epoch.
        total_steps: Steps of the run.
    """

    steps_per_epoch: int
    total_steps: int

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The clock of a plan.

        Raises:
            UnsupportedPlanError: Its epochs have different numbers of steps.
        """
        whole = (plan.epochs - 1) * plan.steps_per_epoch + plan.final_epoch_steps
        if whole != plan.total_steps or plan.final_epoch_steps > plan.steps_per_epoch:
            message = (
                f"{plan.spec['framework']['name']} takes different numbers of steps in the epochs "
                f"of plan {plan.plan_id}, which cannot be read step by step; plan it as native"
            )
            raise UnsupportedPlanError(message)
        return cls(plan.steps_per_epoch, plan.total_steps)

    @property
    def epochs(self) -> int:
        """Epochs that are started."""
        return -(-self.total_steps // self.steps_per_epoch)

    def steps_in(self, epoch: int) -> int:
        """Steps that the run takes of an epoch."""
        return min(self.steps_per_epoch, self.total_steps - epoch * self.steps_per_epoch)

    def first_step(self, epoch: int) -> int:
        """Step of the run that is the first one of an epoch."""
        return epoch * self.steps_per_epoch

    def place(self, step: int) -> Place:
        """Where the next step is after so many completed ones; behind the last epoch if none."""
        if step == self.total_steps:
            return Place(self.epochs, 0)
        return Place(*divmod(step, self.steps_per_epoch))

    def check_step(self, step: int) -> int:
        """The step itself, where the run may have completed so many.

        Raises:
            InvalidArgumentError: It is not within [0, total_steps].
        """
        return self._checked(step, stop=self.total_steps + 1)

    def check_step_taken(self, step: int) -> int:
        """The step itself, where the run takes it.

        Raises:
            InvalidArgumentError: It is not within [0, total_steps).
        """
        return self._checked(step, stop=self.total_steps)

    def check_epoch(self, epoch: int) -> int:
        """The epoch itself, where the run has it.

        Raises:
            InvalidArgumentError: It is not within [0, epochs).
        """
        number = whole_number("epoch", epoch)
        if not 0 <= number < self.epochs:
            message = f"epoch {epoch} is not within the {self.epochs} epochs of the plan"
            raise InvalidArgumentError(message)
        return number

    def spans(self, start: Place, *, steps: int) -> Iterator[Span]:
        """The steps from a place to the end of the run, cut at the same multiples for everybody.

        >>> [*Clock(steps_per_epoch=5, total_steps=7).spans(Place(0, 3), steps=2)]
        ... # doctest: +NORMALIZE_WHITESPACE
        [Span(epoch=0, start_step=3, stop_step=4), Span(epoch=0, start_step=4, stop_step=5),
         Span(epoch=1, start_step=0, stop_step=2)]

        Args:
            start: Where to begin.
            steps: Steps of a span, as far as an epoch has them.
        """
        epoch, first = start
        while epoch < self.epochs:
            end = self.steps_in(epoch)
            while first < end:
                stop = min(first - first % steps + steps, end)
                yield Span(epoch, first, stop)
                first = stop
            epoch, first = epoch + 1, 0

    def _checked(self, step: int, *, stop: int) -> int:
        number = whole_number("step", step)
        if not 0 <= number < stop:
            message = f"step {step} is not within the {self.total_steps} steps of the run"
            raise InvalidArgumentError(message)
        return number

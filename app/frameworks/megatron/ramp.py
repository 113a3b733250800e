"""Megatron's ramp-up of the global batch: in the doubles in which it computes it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.integers import ceil_div, first_that

MOST_INCREMENTS: Final = 1_000
"""A schedule holds every size of its steps."""

_DOUBTFUL_BITS: Final = 49
"""A threshold in doubles is right but for the last of its 53 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """The nominal global batch after so many consumed samples.

    Source: megatron-core 0.16.1, megatron/core/num_microbatches_calculator.py
    (RampupBatchsizeNumMicroBatchesCalculator.update).

    >>> ramp = Ramp(start=8, increment=8, samples=96, full=32)
    >>> [ramp.batch_after(consumed) for consumed in (0, 31, 32, 64, 95, 96, 97)]
    [8, 8, 16, 24, 24, 32, 32]

    Attributes:
        start: Global batch of the first step.
        increment: By how much it grows.
        samples: Consumed samples until it is full.
        full: Global batch behind the ramp; above start by a multiple of increment.
    """

    start: int
    increment: int
    samples: int
    full: int

    @property
    def increments(self) -> int:
        """How often the batch grows."""
        return (self.full - self.start) // self.increment

    def batch_after(self, consumed: int) -> int:
        """The global batch of a step that begins after so many samples."""
        return self.start + self.level_after(consumed) * self.increment

    def stretches(self, row_samples: int) -> tuple[Stretch, ...]:
        """Every step from the first one on, in stretches of equal nominal batches.

        Args:
            row_samples: What the samples of a step are rounded down to, but not to 0; 1 for the
                nominal batches.
        """
        return _stretches(self, row_samples)

    def level_after(self, consumed: int) -> int:
        """How often the batch has grown after so many samples."""
        if consumed > self.samples:
            return self.increments
        # two divisions in doubles, in this order
        return int(consumed / (self.samples / self.increments))

    def threshold(self, level: int) -> int:
        """Fewest consumed samples with which a level is reached."""
        about = level * self.samples // self.increments
        doubt = (about >> _DOUBTFUL_BITS) + 2
        last = min(about + doubt, self.samples + 1)
        return first_that(
            lambda consumed: self.level_after(consumed) >= level,
            range(max(0, about - doubt), last),
        )

    def steps_for(self, train_samples: int) -> int:
        """Iterations that Megatron plans for a budget of samples.

        It counts nominal batches: every one that begins within the ramp and not behind the
        budget, then as many full ones as still fit in.

        Source: Megatron-LM core_v0.16.1, megatron/training/training.py (update_train_iters).

        >>> Ramp(start=8, increment=8, samples=96, full=32).steps_for(500)
        20
        """
        nominal = endless_grid(self.stretches(1), 1, until=min(self.samples, train_samples))
        consumed = nominal.start_of(nominal.steps)
        return nominal.steps + max(0, train_samples - consumed) // self.full


@lru_cache(maxsize=16)
def _stretches(ramp: Ramp, row_samples: int) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    step, consumed, level = 0, 0, 0
    while True:
        batch = ramp.start + level * ramp.increment
        size = max(batch - batch % row_samples, row_samples)
        found.append(Stretch(step, consumed, size))
        if level == ramp.increments:
            return tuple(found)
        taken = ceil_div(ramp.threshold(level + 1) - consumed, size)
        step, consumed = step + taken, consumed + taken * size
        level = ramp.level_after(consumed)


def even_stretches(step_samples: int) -> tuple[Stretch, ...]:
    """Steps that are all equal."""
    return (Stretch(0, 0, step_samples),)


def endless_grid(stretches: tuple[Stretch, ...], row_samples: int, *, until: int) -> StepGrid:
    """Steps that go on behind a position, as far as anybody is going to look.

    >>> endless_grid(even_stretches(4), 2, until=9).steps
    3
    """
    last = stretches[-1]
    grid = StepGrid(
        stretches=stretches,
        steps=0,
        samples=max(until, last.start) + last.step_samples,
        row_samples=row_samples,
    )
    return replace(grid, steps=grid.step_of(until) + 1)

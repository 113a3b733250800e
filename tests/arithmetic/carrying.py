"""A run whose accumulation crosses the ends of epochs, walked micro-step by micro-step."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.arithmetic.epochs import EpochShape
from tests.arithmetic.walking import Steps


@dataclass
class CarriedWalk:
    """What was seen so far of a run, one micro-step after another.

    Attributes:
        epochs: Positions of every step, as far as each epoch reads of it.
        updates_before: Updates that were done when an epoch began.
        consumed: Samples that were read when an update was done; the first entry is none.
        read: Micro-steps that were read.
        waiting: Micro-steps since the last update.
    """

    shape: EpochShape
    flushes: bool
    epochs: list[Steps] = field(default_factory=list)
    updates_before: list[int] = field(default_factory=list)
    consumed: list[int] = field(default_factory=lambda: [0])
    read: int = 0
    waiting: int = 0
    _ahead: list[list[int]] = field(default_factory=list)
    _samples: int = 0

    @property
    def updates(self) -> int:
        return len(self.consumed) - 1

    def micro_step(self) -> None:
        """Read one more micro-step, and update where it is due."""
        if not self._ahead:
            self._begin_epoch()
        if not self.waiting:
            self.epochs[-1].append([])
        row = self._ahead.pop(0)
        self.epochs[-1][-1] += row
        self._samples += len(row)
        self.read += 1
        self.waiting += 1
        full = self.read % self.shape.batch.gradient_accumulation_steps == 0
        if full or (self.flushes and not self._ahead):
            self.consumed.append(self._samples)
            self.waiting = 0

    def _begin_epoch(self) -> None:
        positions, row = range(self.shape.samples_per_epoch), self.shape.batch.row_samples
        self._ahead = [[*positions[start : start + row]] for start in positions[::row]]
        self.epochs.append([[]] if self.waiting else [])
        self.updates_before.append(self.updates)


def walked_until(
    spent: Callable[[CarriedWalk], bool], shape: EpochShape, *, flushes: bool
) -> CarriedWalk:
    """The walk that ends as soon as its budget is spent."""
    walk = CarriedWalk(shape, flushes)
    while not spent(walk):
        walk.micro_step()
    return walk

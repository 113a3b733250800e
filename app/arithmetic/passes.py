"""Where a position of an epoch stands in the chain of passes through the dataset."""

from dataclasses import dataclass

from app.arithmetic.epochs import EpochShape
from app.arithmetic.spec import TrainingSpec


@dataclass(frozen=True, slots=True)
class PassPoint:
    """A place in a pass: its number, counted from 0, and the position within it."""

    number: int
    position: int


def first_pass_point(spec: TrainingSpec, shape: EpochShape, epoch: int) -> PassPoint:
    """Where the first position of an epoch stands.

    Virtual epochs run on through the passes without a break; any other epoch is a pass of its
    own.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import virtual_shape
    >>> from app.arithmetic.spec import Budget, BudgetUnit
    >>> batch = solve_batch(global_batch_size=10)
    >>> spec = TrainingSpec(
    ...     dataset_size=2_000,
    ...     batch=batch,
    ...     steps_per_epoch=300,
    ...     remainder=None,
    ...     budget=Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(2)),
    ... )
    >>> first_pass_point(spec, virtual_shape(2_000, batch, 300), epoch=1)
    PassPoint(number=1, position=1000)
    """
    if spec.is_virtual:
        return PassPoint(*divmod(epoch * shape.samples_per_epoch, spec.dataset_size))
    return PassPoint(epoch, 0)


def pass_point(spec: TrainingSpec, shape: EpochShape, epoch: int, position: int) -> PassPoint:
    """Where a position of an epoch stands; a padding position stands where its sample does."""
    first = first_pass_point(spec, shape, epoch)
    passes, rest = divmod(first.position + position, spec.dataset_size)
    return PassPoint(first.number + passes if spec.is_virtual else first.number, rest)

"""Every spec of a few samples, for laws whose exceptions hide in the corners."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Final

from app.arithmetic.spec import (
    BatchGeometry,
    Budget,
    BudgetUnit,
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)

_MOST: Final = 4


def every_tiny_spec() -> Iterator[TrainingSpec]:
    """All methods, remainders and virtual epochs with numbers up to 4."""
    numbers = range(1, _MOST + 1)
    epochs = [*((remainder, None) for remainder in Remainder), *((None, n) for n in numbers)]
    for method, size, batch, steps, (remainder, steps_per_epoch) in product(
        SamplingMethod, numbers, numbers, range(1, 2 * _MOST), epochs
    ):
        spec = TrainingSpec(
            dataset_size=size,
            batch=BatchGeometry.of(
                micro_batch_size=batch, gradient_accumulation_steps=1, data_parallel_size=1
            ),
            budget=Budget(unit=BudgetUnit.STEPS, amount=Fraction(steps)),
            steps_per_epoch=steps_per_epoch,
            remainder=remainder,
            sampling=Sampling(method=method),
        )
        if is_legal(spec):
            yield spec


def is_legal(spec: TrainingSpec) -> bool:
    """Whether a schedule exists, as far as small numbers go."""
    size, whole = spec.dataset_size, spec.batch.global_batch_size
    if spec.sampling.method is SamplingMethod.RANDOM_SAMPLE:
        return spec.steps_per_epoch is not None and spec.steps_per_epoch * whole <= size
    return spec.remainder is not Remainder.DROP or size >= whole

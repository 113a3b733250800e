"""The words of a training spec, as frozen data with every unknown solved."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.arithmetic.options import Options

NO_OPTIONS = Options()


class SamplingMethod(StrEnum):
    """How the sample indices of an epoch come about."""

    SEQUENTIAL = "sequential"
    SHUFFLE = "shuffle"
    SHUFFLE_ONCE = "shuffle_once"
    RANDOM_SAMPLE = "random_sample"
    WITH_REPLACEMENT = "with_replacement"

    @property
    def has_passes(self) -> bool:
        """Whether the run is a chain of full cycles through the dataset.

        >>> SamplingMethod.SHUFFLE.has_passes, SamplingMethod.WITH_REPLACEMENT.has_passes
        (True, False)
        """
        return self not in {SamplingMethod.RANDOM_SAMPLE, SamplingMethod.WITH_REPLACEMENT}


class Remainder(StrEnum):
    """What happens to samples that do not fill the last global batch of a pass."""

    KEEP = "keep"
    DROP = "drop"
    PAD = "pad"


class BudgetUnit(StrEnum):
    """What the length of a run is measured in."""

    EPOCHS = "epochs"
    STEPS = "steps"
    SAMPLES = "samples"
    TOKENS = "tokens"


BUDGET_UNITS = tuple(BudgetUnit)
"""In the order in which they are told; walking through a tuple is faster than through an enum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchGeometry:
    """How the samples of a full step spread over ranks and micro-steps.

    >>> BatchGeometry.of(micro_batch_size=4, gradient_accumulation_steps=2, data_parallel_size=8)
    ... # doctest: +ELLIPSIS
    BatchGeometry(global_batch_size=64, micro_batch_size=4, ...)
    """

    global_batch_size: int
    micro_batch_size: int
    gradient_accumulation_steps: int
    data_parallel_size: int

    @classmethod
    def of(
        cls, *, micro_batch_size: int, gradient_accumulation_steps: int, data_parallel_size: int
    ) -> "BatchGeometry":
        """Geometry of the global batch that three factors make."""
        return cls(
            global_batch_size=micro_batch_size * gradient_accumulation_steps * data_parallel_size,
            micro_batch_size=micro_batch_size,
            gradient_accumulation_steps=gradient_accumulation_steps,
            data_parallel_size=data_parallel_size,
        )

    @property
    def row_samples(self) -> int:
        """Samples of a micro-step, over all ranks."""
        return self.micro_batch_size * self.data_parallel_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long the run is: an exact amount of one unit.

    Attributes:
        unit: What the amount counts.
        amount: Positive; a whole number except for epochs.
        tokens_per_sample: Given exactly for a budget of tokens.
    """

    unit: BudgetUnit
    amount: Fraction
    tokens_per_sample: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Sampling method and seed in [0, 2^64)."""

    method: SamplingMethod = SamplingMethod.SHUFFLE
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkChoice:
    """Whose arithmetic and whose order, pinned to a version.

    Attributes:
        name: Name of the framework.
        version: Version of the framework.
        options: Its own options, as far as they differ from their defaults.
    """

    name: str = "native"
    version: str = "1"
    options: Options = NO_OPTIONS

    @property
    def is_native(self) -> bool:
        """Whether it is the framework of this service."""
        return self.name == "native"


DEFAULT_SAMPLING = Sampling()
DEFAULT_FRAMEWORK = FrameworkChoice()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpec:
    """A spec that some schedule satisfies: defaults filled in, unknowns solved.

    Attributes:
        dataset_size: Samples in the dataset.
        batch: The four batch sizes; their product comes out.
        budget: Length of the run.
        steps_per_epoch: Full steps of a virtual epoch; None where an epoch is a pass.
        remainder: What becomes of the tail of a pass; None for virtual epochs, and where a
            framework has options of its own for it.
        sampling: Method and seed.
        framework: Whose arithmetic and order.
    """

    dataset_size: int
    batch: BatchGeometry
    budget: Budget
    steps_per_epoch: int | None = None
    remainder: Remainder | None = Remainder.KEEP
    sampling: Sampling = DEFAULT_SAMPLING
    framework: FrameworkChoice = DEFAULT_FRAMEWORK

    @property
    def is_virtual(self) -> bool:
        """Whether an epoch is a fixed number of steps instead of a pass."""
        return self.steps_per_epoch is not None

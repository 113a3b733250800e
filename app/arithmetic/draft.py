"""A spec as it was asked for, before its fields are checked against each other."""

from dataclasses import dataclass
from fractions import Fraction

from app.arithmetic.spec import (
    DEFAULT_FRAMEWORK,
    DEFAULT_SAMPLING,
    FrameworkChoice,
    Remainder,
    Sampling,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecDraft:
    """Fields of a spec, each of legal form, not yet checked against each other.

    Every value that is present has the right form (type and range). A field whose value has not
    is left out and named in `malformed`, so that the rules that do not need it still speak.

    Attributes:
        malformed: Top-level names of fields that were given but have no legal form.
    """

    dataset_size: int | None = None
    global_batch_size: int | None = None
    micro_batch_size: int | None = None
    gradient_accumulation_steps: int | None = None
    data_parallel_size: int | None = None
    epochs: Fraction | None = None
    steps: int | None = None
    samples: int | None = None
    tokens: int | None = None
    tokens_per_sample: int | None = None
    steps_per_epoch: int | None = None
    remainder: Remainder | None = None
    sampling: Sampling = DEFAULT_SAMPLING
    framework: FrameworkChoice = DEFAULT_FRAMEWORK
    malformed: frozenset[str] = frozenset()

    def gives(self, name: str) -> bool:
        """Whether a field was given, in legal form or not."""
        return name in self.malformed or getattr(self, name) is not None

    def knows(self, name: str) -> bool:
        """Whether a field has a value of legal form."""
        return name not in self.malformed and getattr(self, name) is not None

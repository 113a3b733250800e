"""The seed to which SeedableRandomSampler adds the number of the epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.arithmetic.finding import Finding
from app.arithmetic.integers import UINT64_MAX
from app.arithmetic.options import OptionValue
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.refusals import refused_seed
from app.frameworks.torch_orders import RandomSampler, randperm_order
from app.sampling.order import Order

_PLAIN_NAME, _PLAIN_FIELD = "sampling.seed", "/sampling/seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochSeed:
    """The seed of the first epoch, and where it stands in the spec.

    Source: accelerate 1.15.0, accelerate/data_loader.py (SeedableRandomSampler).

    Attributes:
        spec: The spec, with this seed as its seed.
        name: Name of the field it was given in.
        field: Pointer to that field.
    """

    spec: TrainingSpec
    name: str = _PLAIN_NAME
    field: str = _PLAIN_FIELD

    def permutation(self, epoch: int) -> Order:
        """The order of an epoch that is a permutation."""
        return randperm_order(self.spec.dataset_size, self.spec.sampling.seed + epoch)

    def draws(self, epoch: int) -> Order:
        """The order of an epoch of independent draws."""
        size = self.spec.dataset_size
        sampler = RandomSampler(
            dataset_size=size, num_samples=size, generator="sampler", replacement=True
        )
        return sampler.order(self.spec.sampling.seed + epoch, 0)

    def faults(self, run: Run) -> Iterator[Fault]:
        """A seed that is too large for torch's generator once the last epoch is added."""
        what = "torch's generator"
        for fault in refused_seed(self.spec, run, highest=UINT64_MAX, what=what):
            yield replace(fault, pointer=self.field)

    def findings(self, run: Run) -> Iterator[Finding]:
        """What the generator makes of the seed, and what runs with neighbouring seeds share."""
        for finding in (
            *found.seed_truncated(self.spec),
            *found.seeds_wrap(self.spec, run),
            *found.epochs_overlap(self.spec, run),
        ):
            suggestion = finding.suggestion and finding.suggestion.replace(_PLAIN_NAME, self.name)
            yield replace(finding, field=self.field, suggestion=suggestion)


def epoch_seed(spec: TrainingSpec, data_seed: OptionValue = None) -> EpochSeed:
    """The seed of a spec, or data_seed where it is given.

    >>> from fractions import Fraction
    >>> from app.arithmetic.spec import BatchGeometry, Budget, BudgetUnit
    >>> spec = TrainingSpec(
    ...     dataset_size=10,
    ...     batch=BatchGeometry.of(
    ...         micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=1
    ...     ),
    ...     budget=Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(1)),
    ... )
    >>> epoch_seed(spec, 7).spec.sampling.seed, epoch_seed(spec, 7).field
    (7, '/framework/data_seed')
    """
    if not isinstance(data_seed, int):
        return EpochSeed(spec=spec)
    seeded = replace(spec, sampling=replace(spec.sampling, seed=data_seed))
    return EpochSeed(spec=seeded, name="data_seed", field="/framework/data_seed")

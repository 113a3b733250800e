"""PyTorch: DistributedSampler, RandomSampler and SequentialSampler behind a DataLoader."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

from app.arithmetic.carried_run import CarriedRun, carried_run
from app.arithmetic.coverage import Coverage, draw_coverage, pass_coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.epochs import EpochShape
from app.arithmetic.finding import Finding
from app.arithmetic.integers import UINT64_MAX
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.epoch_limit import refused_length
from app.frameworks.loader_shape import distributed_sampler_samples, loader_shape
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.pytorch.options import PYTORCH_OPTIONS, misplaced_method, misplaced_options
from app.frameworks.refusals import (
    refused_fields,
    refused_fractions,
    refused_ranks,
    refused_schedule,
    refused_seed,
    refused_steps_per_epoch,
)
from app.frameworks.torch_orders import (
    TORCH,
    RandomSampler,
    TorchNumbers,
    identity_order,
    randperm_order,
)
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class PytorchFramework(Framework):
    """One version of torch, with a plain training loop around its DataLoader.

    Attributes:
        torch: How it turns words of its generator into numbers.
    """

    name: str = "pytorch"
    torch: TorchNumbers = TORCH

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Lengths of samplers and loaders, and updates of a plain loop.",
                "order": "Every index of every rank, as torch's generator on the CPU gives it.",
            },
            limits={"seed": "The generator takes the low 32 bits; seed + epoch stay below 2^64."},
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Every method but random_sample."""
        return (
            SamplingMethod.SHUFFLE,
            SamplingMethod.SEQUENTIAL,
            SamplingMethod.SHUFFLE_ONCE,
            SamplingMethod.WITH_REPLACEMENT,
        )

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of samplers and loader."""
        return PYTORCH_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What the samplers cannot do, and options that do not fit one another."""
        yield from refused_fields(self, draft, remainder="drop_last or sampler_drop_last")
        yield from refused_steps_per_epoch(
            self, draft, instead="num_samples of RandomSampler, or the framework native"
        )
        yield from refused_fractions(self, draft)
        sampler = str(self.option(draft, "sampler"))
        if sampler != "DistributedSampler":
            yield from refused_ranks(
                self,
                draft,
                reason=f"every rank of a {sampler} sees the same samples",
                instead="sampler DistributedSampler",
            )
        yield from misplaced_options(sampler, draft)
        yield from misplaced_method(self, sampler, draft)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Loaders without a micro-batch, runs without an update, seeds that torch refuses."""
        shape = self._shape(spec)
        faults = [*refused_length(shape)]
        faults += refused_schedule(lambda: self.run(spec), shape, field="/framework/drop_last")
        yield from faults
        if (
            not faults
            and spec.sampling.method is SamplingMethod.SHUFFLE
            and self._distributed(spec)
        ):
            yield from refused_seed(
                spec, self.run(spec), highest=UINT64_MAX, what="torch's generator"
            )

    def run(self, spec: TrainingSpec) -> Run:
        """Epochs as long as the loader."""
        shape = self._shape(spec)
        if self.option(spec, "accumulation") == "carry":
            return carried_run(shape, spec.budget)
        return pass_run(shape, spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        del run
        method, size, seed = spec.sampling.method, spec.dataset_size, spec.sampling.seed
        if method is SamplingMethod.SEQUENTIAL:
            return identity_order(size)
        if not self._distributed(spec):
            return self._random_sampler(spec).order(seed, epoch)
        added = 0 if method is SamplingMethod.SHUFFLE_ONCE else epoch
        return randperm_order(size, seed + added, numbers=self.torch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the whole dataset, and to skip the epochs before."""
        if spec.sampling.method is SamplingMethod.SEQUENTIAL:
            return 0
        if self._distributed(spec):
            return spec.dataset_size
        return self._random_sampler(spec).work(epoch)

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        method = spec.sampling.method
        if method is SamplingMethod.WITH_REPLACEMENT:
            return draw_coverage(spec.dataset_size, run.total_samples)
        return pass_coverage(spec.dataset_size, run, fresh=method is SamplingMethod.SHUFFLE)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        even = "a dataset_size that data_parallel_size x micro_batch_size divides"
        yield from found.samples_dropped(run, field="/framework/drop_last", suggestion=even)
        yield from found.samples_padded(run, field="/framework/sampler_drop_last", suggestion=even)
        if isinstance(run, CarriedRun):
            yield from found.short_micro_step(run, field="/framework/drop_last", suggestion=even)
            yield from found.accumulation_carried(run)
            yield from found.unused_micro_steps(run)
        else:
            yield from found.short_last_step(run, field="/framework/drop_last", suggestion=even)
        yield from found.fractional_last_epoch(spec, run)
        if spec.sampling.method is not SamplingMethod.SEQUENTIAL:
            yield from found.seed_truncated(spec)
        if spec.sampling.method is SamplingMethod.SHUFFLE and self._distributed(spec):
            yield from found.seeds_wrap(spec, run)
            yield from found.epochs_overlap(spec, run)

    def _distributed(self, spec: TrainingSpec) -> bool:
        return self.option(spec, "sampler") == "DistributedSampler"

    def _shape(self, spec: TrainingSpec) -> EpochShape:
        samples = self.option(spec, "num_samples") or spec.dataset_size
        if self._distributed(spec):
            samples = distributed_sampler_samples(
                spec.dataset_size,
                spec.batch.data_parallel_size,
                drop_last=self.option(spec, "sampler_drop_last") is True,
            )
        drop_last = self.option(spec, "drop_last") is True
        shape = loader_shape(
            spec.dataset_size, spec.batch, cast("int", samples), drop_last=drop_last
        )
        if self.option(spec, "num_samples") is None:
            return shape
        return replace(shape, dropped_samples=0, padded_samples=0)

    def _random_sampler(self, spec: TrainingSpec) -> RandomSampler:
        return RandomSampler(
            dataset_size=spec.dataset_size,
            num_samples=cast("int", self.option(spec, "num_samples") or spec.dataset_size),
            generator=str(self.option(spec, "generator")),
            replacement=spec.sampling.method is SamplingMethod.WITH_REPLACEMENT,
            numbers=self.torch,
        )


VERSIONS: Final = (
    PytorchFramework(
        version="2.5.1",
        order_algorithm="torch-2.5-cpu",
        torch=TorchNumbers(large_branch=False, wide_from=2**32),
    ),
    PytorchFramework(
        version="2.6.0",
        order_algorithm="torch-2.6-cpu",
        torch=TorchNumbers(wide_from=2**32),
    ),
    PytorchFramework(version="2.13.0", order_algorithm="torch-2.13-cpu"),
)
"""Versions whose permutations or draws differ, oldest first."""

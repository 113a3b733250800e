"""accelerate: prepared loaders whose batches go round the ranks, and its gradient accumulation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.arithmetic.carried_run import CarriedRun, carried_run
from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.epochs import EpochShape
from app.arithmetic.finding import Finding
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.accelerate.findings import own_generator, scheduler_ahead, sharding_findings
from app.frameworks.accelerate.options import ACCELERATE_OPTIONS, misplaced_data_seed
from app.frameworks.epoch_seed import EpochSeed, epoch_seed
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import (
    refused_fields,
    refused_fractions,
    refused_schedule,
    refused_steps_per_epoch,
)
from app.frameworks.sharded_batches import refused_padding, sharded_coverage, sharded_shape
from app.frameworks.torch_orders import RandomSampler, identity_order
from app.sampling.layout import Layout
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class AccelerateFramework(Framework):
    """A training script around `Accelerator.prepare` and `Accelerator.accumulate`."""

    name: str = "accelerate"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Updates, lengths of loaders, scheduler steps: executed, compared.",
                "order": "Every index of every rank, with torch 2.13.0 on the CPU: executed and "
                "compared.",
            },
            limits={
                "seed": "Without use_seedable_sampler only a loader with a generator of its own "
                "has an order that can be told: see that option.",
                "dispatch_batches": "Not offered: batches that the first rank hands out.",
                "adjust_scheduler": "Not offered: it has no effect, for the state only takes over "
                "what differs from the plugin's defaults, and falls back to false itself.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """RandomSampler with and without replacement, SequentialSampler."""
        return (
            SamplingMethod.SHUFFLE,
            SamplingMethod.SEQUENTIAL,
            SamplingMethod.WITH_REPLACEMENT,
        )

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of loaders, accumulation and scheduler."""
        return ACCELERATE_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What a script around a prepared loader cannot do."""
        yield from refused_fields(self, draft, remainder="drop_last or even_batches")
        yield from refused_steps_per_epoch(self, draft, instead="the framework native")
        yield from refused_fractions(self, draft)
        yield from misplaced_data_seed(draft, seedable=self._is_seedable(draft))

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Loaders without a micro-batch, runs without an update, seeds that torch refuses."""
        shape = self._shape(spec)
        faults = [*refused_padding(shape)]
        faults += refused_schedule(lambda: self.run(spec), shape, field="/framework/drop_last")
        yield from faults
        if not faults and self._adds_epochs(spec):
            yield from self._epoch_seed(spec).faults(self.run(spec))

    def run(self, spec: TrainingSpec) -> Run:
        """Epochs as long as the loader of the first rank."""
        shape = self._shape(spec)
        if self.option(spec, "sync_with_dataloader") is True:
            return pass_run(shape, spec.budget)
        return carried_run(shape, spec.budget)

    def layout(self, spec: TrainingSpec) -> Layout:
        """Whole batches go round the ranks."""
        del spec
        return Layout.BLOCKED

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        del run
        size, method = spec.dataset_size, spec.sampling.method
        if method is SamplingMethod.SEQUENTIAL:
            return identity_order(size)
        if not self._is_seedable(spec):
            return self._random_sampler(spec).order(spec.sampling.seed, epoch)
        seed = self._epoch_seed(spec)
        if method is SamplingMethod.WITH_REPLACEMENT:
            return seed.draws(epoch)
        return seed.permutation(epoch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the dataset, and to skip what the generator drew before."""
        if spec.sampling.method is SamplingMethod.SEQUENTIAL:
            return 0
        return (
            spec.dataset_size if self._is_seedable(spec) else self._random_sampler(spec).work(epoch)
        )

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return sharded_coverage(spec, run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        yield from sharding_findings(run, drop_last="/framework/drop_last")
        if isinstance(run, CarriedRun):
            yield from found.accumulation_carried(run)
            yield from found.unused_micro_steps(run)
        else:
            yield from found.fractional_last_epoch(spec, run)
        yield from scheduler_ahead(
            run,
            with_optimizer=self.option(spec, "step_scheduler_with_optimizer") is True,
            split_batches=self.option(spec, "split_batches") is True,
        )
        if self._adds_epochs(spec):
            yield from self._epoch_seed(spec).findings(run)
        elif spec.sampling.method is not SamplingMethod.SEQUENTIAL:
            yield from own_generator(spec)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """What the prepared loader and scheduler say of themselves."""
        split = self.option(spec, "split_batches") is True
        scheduler_steps = run.total_micro_steps
        if self.option(spec, "step_scheduler_with_optimizer") is True:
            scheduler_steps = run.total_steps * (1 if split else spec.batch.data_parallel_size)
        return {
            "total_batch_size": spec.batch.row_samples,
            "len_dataloader": run.shape.micro_steps_per_epoch,
            "lr_scheduler_last_epoch": scheduler_steps,
        }

    def _is_seedable(self, spec: TrainingSpec | SpecDraft) -> bool:
        return self.option(spec, "use_seedable_sampler") is True

    def _adds_epochs(self, spec: TrainingSpec) -> bool:
        """Whether the seed of an epoch is the sum of seed and epoch."""
        return self._is_seedable(spec) and spec.sampling.method is not SamplingMethod.SEQUENTIAL

    def _epoch_seed(self, spec: TrainingSpec) -> EpochSeed:
        return epoch_seed(spec, self.option(spec, "data_seed"))

    def _shape(self, spec: TrainingSpec) -> EpochShape:
        return sharded_shape(
            spec.dataset_size,
            spec.batch,
            drop_last=self.option(spec, "drop_last") is True,
            even_batches=self.option(spec, "even_batches") is True,
        )

    def _random_sampler(self, spec: TrainingSpec) -> RandomSampler:
        return RandomSampler(
            dataset_size=spec.dataset_size,
            num_samples=spec.dataset_size,
            generator="loader",
            replacement=spec.sampling.method is SamplingMethod.WITH_REPLACEMENT,
        )


VERSIONS: Final = (AccelerateFramework(version="1.15.0", order_algorithm="accelerate-1.15"),)
"""Versions whose schedules differ, oldest first."""

"""DeepSpeed: its data loader, its accumulation, its elasticity."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.arithmetic.carried_run import CarriedRun, carried_run
from app.arithmetic.coverage import Coverage, pass_coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.epochs import EpochShape
from app.arithmetic.finding import Finding
from app.arithmetic.options import Options
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.deepspeed import findings as own
from app.frameworks.deepspeed.completion import elasticity_faults, unsolved, with_elastic_sizes
from app.frameworks.deepspeed.elasticity import ElasticBatch, Elasticity, elastic_batch
from app.frameworks.deepspeed.options import DEEPSPEED_OPTIONS, elasticity_of
from app.frameworks.epoch_limit import refused_length
from app.frameworks.loader_shape import distributed_sampler_samples, loader_shape
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import (
    refused_fields,
    refused_fractions,
    refused_schedule,
    refused_steps_per_epoch,
)
from app.frameworks.torch_orders import randperm_order
from app.sampling.order import Order

_SAMPLER_SEED: Final = 0
"""DistributedSampler's own default; source: deepspeed 0.19.8, deepspeed/runtime/dataloader.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepspeedFramework(Framework):
    """One version of DeepSpeed's engine with its own loader.

    Source: deepspeed 0.19.8, deepspeed/runtime/config.py, dataloader.py and engine.py.

    Attributes:
        has_elasticity: Whether it still has elastic training.
        keeps_multiple: Whether that tries batch sizes above the largest one asked for.
    """

    name: str = "deepspeed"
    has_elasticity: bool = False
    keeps_multiple: bool = False

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        elastic = "the elastic batch with its valid numbers of ranks, " * self.has_elasticity
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": f"Batch sizes, {elastic}micro-steps and updates of an engine that "
                "accumulates by itself: executed and compared.",
                "order": "Every index of every rank of the loader that the engine makes, with "
                "torch 2.13.0 on the CPU: executed and compared.",
            },
            limits={
                "loader": "The engine is launched with a local rank, and gets no sampler.",
                "elasticity": "Sizes below 2^31, 16 micro-batch sizes, 131,072 GPUs."
                if self.has_elasticity
                else "DeepSpeed 0.19.8 has removed elastic training.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Shuffled, alike in every epoch."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SHUFFLE_ONCE)

    @property
    def budget_units(self) -> tuple[BudgetUnit, ...]:
        """Loops over the loader, or over the updates of a repeating loader."""
        return (BudgetUnit.EPOCHS, BudgetUnit.STEPS)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of its configuration."""
        return DEEPSPEED_OPTIONS

    def takes(self, names: Collection[str]) -> bool:
        """Whether this version has all options of these names; elasticity was removed."""
        return Framework.takes(self, names) and (self.has_elasticity or "elasticity" not in names)

    def completed(self, draft: SpecDraft) -> SpecDraft:
        """The draft with the batch sizes that elasticity decides.

        Where it decides none, the sizes that are missing are for elasticity's faults to explain.
        """
        block = self._block(draft)
        if block is None:
            return draft
        if not self.has_elasticity:
            return unsolved(draft)
        return with_elastic_sizes(draft, block, self._elasticity(block))

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What loader and engine cannot do, and elasticity that decides nothing."""
        yield from refused_fields(self, draft, remainder="dataloader_drop_last")
        yield from refused_steps_per_epoch(self, draft, instead="a budget of steps")
        yield from refused_fractions(self, draft)
        block = self._block(draft)
        if block is None:
            return
        if self.has_elasticity:
            yield from elasticity_faults(draft, block, self._elasticity(block))
        else:
            yield _removed_elasticity(self.version)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Loaders without a micro-batch, runs without an update, epochs that are too long."""
        shape = self._shape(spec)
        yield from refused_length(shape)
        yield from refused_schedule(
            lambda: self.run(spec), shape, field="/framework/dataloader_drop_last"
        )

    def run(self, spec: TrainingSpec) -> CarriedRun:
        """Epochs as long as the loader; accumulation goes on across their ends."""
        return carried_run(self._shape(spec), spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of every epoch."""
        del run, epoch
        return randperm_order(spec.dataset_size, _SAMPLER_SEED)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the whole dataset."""
        del epoch
        return spec.dataset_size

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return pass_coverage(spec.dataset_size, run, fresh=False)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        field = "/framework/dataloader_drop_last"
        even = "a dataset_size that data_parallel_size x micro_batch_size divides"
        yield from own.replayed_epochs(spec, run)
        yield from own.ignored_seed(spec)
        yield from found.samples_dropped(run, field=field, suggestion=even)
        yield from found.samples_padded(
            run, field="/data_parallel_size", suggestion="a data_parallel_size that divides it"
        )
        yield from found.short_micro_step(run, field=field, suggestion=even)
        yield from found.accumulation_carried(run)
        yield from found.unused_micro_steps(self.run(spec))
        yield from found.fractional_last_epoch(spec, run)
        yield from self._elastic_findings(spec)

    def _elastic_findings(self, spec: TrainingSpec) -> Iterator[Finding]:
        elasticity = self._spec_elasticity(spec)
        batch = self._elastic_batch(spec)
        if elasticity is not None and batch is not None:
            yield from own.lone_batch(spec.batch.data_parallel_size, batch)
            yield from own.batch_above_largest(batch, elasticity)
            yield own.elasticity_removed_later()

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Numbers of the configuration and of the engine."""
        elastic = self._elastic_batch(spec)
        return {
            "train_batch_size": spec.batch.global_batch_size,
            "train_micro_batch_size_per_gpu": spec.batch.micro_batch_size,
            "gradient_accumulation_steps": spec.batch.gradient_accumulation_steps,
            "global_steps": run.total_steps,
            "micro_steps": run.total_micro_steps,
            **({"valid_gpus": list(elastic.valid_gpus)} if elastic else {}),
        }

    def _block(self, spec: TrainingSpec | SpecDraft) -> Options | None:
        block = self.option(spec, "elasticity")
        return block if isinstance(block, Options) else None

    def _elasticity(self, block: Options) -> Elasticity | None:
        return elasticity_of(block, keeps_multiple=self.keeps_multiple)

    def _spec_elasticity(self, spec: TrainingSpec) -> Elasticity | None:
        block = self._block(spec)
        return self._elasticity(block) if block else None

    def _elastic_batch(self, spec: TrainingSpec) -> ElasticBatch | None:
        elasticity = self._spec_elasticity(spec)
        return elastic_batch(elasticity, spec.batch.data_parallel_size) if elasticity else None

    def _shape(self, spec: TrainingSpec) -> EpochShape:
        ranks = spec.batch.data_parallel_size
        samples = distributed_sampler_samples(spec.dataset_size, ranks, drop_last=False)
        drop_last = self.option(spec, "dataloader_drop_last") is True
        return loader_shape(spec.dataset_size, spec.batch, samples, drop_last=drop_last)


def _removed_elasticity(version: str) -> Fault:
    return Fault(
        code="elasticity-removed",
        pointer="/framework/version",
        detail=f"DeepSpeed {version} has removed elastic training and refuses its block",
        given=version,
        allowed="0.19.7 with elasticity, or no elasticity",
        nearest=("0.19.7",),
    )


VERSIONS: Final = (
    DeepspeedFramework(
        version="0.19.5",
        order_algorithm="deepspeed-0.19",
        has_elasticity=True,
        keeps_multiple=True,
    ),
    DeepspeedFramework(version="0.19.7", order_algorithm="deepspeed-0.19", has_elasticity=True),
    DeepspeedFramework(version="0.19.8", order_algorithm="deepspeed-0.19"),
)
"""Versions, oldest first; elastic training is what differs."""

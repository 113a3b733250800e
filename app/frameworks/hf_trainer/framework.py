"""Trainer of Hugging Face transformers: its plan, its loop, and accelerate's loaders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from app.arithmetic.carried_run import CarriedRun
from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.epochs import EpochShape
from app.arithmetic.finding import Finding
from app.arithmetic.pass_run import PassRun
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.accelerate.findings import sharding_findings, unequal_loaders
from app.frameworks.accelerate.options import misplaced_data_seed
from app.frameworks.epoch_seed import EpochSeed, epoch_seed
from app.frameworks.hf_trainer.findings import plan_findings, resumed_elsewhere, split_total
from app.frameworks.hf_trainer.numbers import (
    intervals,
    planned_numbers,
    state_numbers,
    warmup_steps,
)
from app.frameworks.hf_trainer.options import (
    OPTIONS_4_45,
    OPTIONS_4_51,
    OPTIONS_5,
    misplaced_skip,
    refused_seed_of_run,
)
from app.frameworks.hf_trainer.plan import Loop, TrainerPlan
from app.frameworks.hf_trainer.refusals import (
    refused_checkpoint,
    refused_idle_rank,
    refused_loop,
)
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields, refused_schedule, refused_steps_per_epoch
from app.frameworks.sharded_batches import refused_padding, sharded_coverage, sharded_shape
from app.frameworks.torch_orders import identity_order
from app.sampling.layout import Layout
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class HfTrainerFramework(Framework):
    """One version of the Trainer, on the CPU generator of torch and with accelerate 1.15.0.

    Attributes:
        arguments: Its options.
        loop: Its training loop.
    """

    name: str = "hf-trainer"
    arguments: tuple[Option, ...]
    loop: Loop

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Plan, loop and resume of Trainer.train: executed and compared.",
                "order": "Every index of every rank, with accelerate 1.15.0 and torch 2.13.0 on "
                "the CPU: executed and compared.",
            },
            limits={
                "seed": "transformers.set_seed takes seeds below 2^32.",
                "data_seed": "4.45.2 takes data_seed, but does not read it for training.",
                "use_seedable_sampler": "Always true, its default.",
                "group_by_length": "Not offered: an order by the lengths of the samples.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """RandomSampler, and in 5.x train_sampling_strategy "sequential"."""
        if self.arguments is OPTIONS_5:
            return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL)
        return (SamplingMethod.SHUFFLE,)

    @property
    def budget_units(self) -> tuple[BudgetUnit, ...]:
        """num_train_epochs or max_steps."""
        return (BudgetUnit.EPOCHS, BudgetUnit.STEPS)

    @property
    def options(self) -> tuple[Option, ...]:
        """Arguments of the Trainer."""
        return self.arguments

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What the Trainer cannot do, whatever the sizes are."""
        yield from refused_fields(self, draft, remainder="dataloader_drop_last or even_batches")
        yield from refused_steps_per_epoch(self, draft, instead="the framework native")
        yield from refused_seed_of_run(draft)
        yield from misplaced_skip(draft)
        yield from misplaced_data_seed(draft, seedable=True)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Loaders without a micro-batch, runs without an update, checkpoints behind the end."""
        plan = self._plan(spec)
        faults = [*refused_padding(plan.shape)]
        if plan.shape.steps_per_epoch:
            faults += refused_loop(plan)
            faults += refused_idle_rank(plan, split_batches=self._splits(spec))
        if not faults:
            field = "/framework/dataloader_drop_last"
            faults += refused_schedule(plan.run, plan.shape, field=field)
        yield from faults
        if not faults:
            yield from self._epoch_seed(spec).faults(plan.run())
            yield from refused_checkpoint(self._checkpoint(spec), plan.run())

    def run(self, spec: TrainingSpec) -> Run:
        """What the loop does of the plan."""
        return self._plan(spec).run()

    def layout(self, spec: TrainingSpec) -> Layout:
        """Whole batches go round the ranks."""
        del spec
        return Layout.BLOCKED

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        del run
        if spec.sampling.method is SamplingMethod.SEQUENTIAL:
            return identity_order(spec.dataset_size)
        return self._epoch_seed(spec).permutation(epoch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the whole dataset."""
        del epoch
        return 0 if spec.sampling.method is SamplingMethod.SEQUENTIAL else spec.dataset_size

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return sharded_coverage(spec, run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        plan = self._plan(spec)
        yield from plan_findings(plan, run)
        if plan.spills:
            yield from unequal_loaders(plan.loader_run)
        else:
            yield from sharding_findings(run, drop_last="/framework/dataloader_drop_last")
        if isinstance(run, PassRun):
            yield from found.fractional_last_epoch(spec, run)
        elif isinstance(run, CarriedRun) and not run.flushes:
            yield from found.accumulation_carried(run)
        yield from split_total(plan, split_batches=self._splits(spec))
        if self._checkpoint(spec):
            skips = self._ignores_skip(spec)
            yield from resumed_elsewhere(plan, run, self._checkpoint(spec), ignore_data_skip=skips)
        if spec.sampling.method is SamplingMethod.SHUFFLE:
            yield from self._epoch_seed(spec).findings(run)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """What the Trainer computes itself."""
        plan = self._plan(spec)
        options = {option.name: self.option(spec, option.name) for option in self.options}
        numbers: dict[str, object] = {
            **planned_numbers(plan, split_batches=self._splits(spec)),
            **state_numbers(plan, run),
            **intervals(options, plan.max_steps),
        }
        numbers["warmup_steps"] = warmup_steps(
            options["warmup_steps"], options.get("warmup_ratio"), plan.max_steps
        )
        if self._checkpoint(spec):
            resumed = plan.resumed(
                self._checkpoint(spec), ignore_data_skip=self._ignores_skip(spec)
            )
            numbers["epochs_trained"], numbers["steps_trained_in_current_epoch"] = resumed
        return numbers

    def _checkpoint(self, spec: TrainingSpec) -> int:
        """Step of the checkpoint that a run is resumed from; 0 where there is none."""
        return cast("int | None", self.option(spec, "resume_from_checkpoint")) or 0

    def _splits(self, spec: TrainingSpec) -> bool:
        return self.option(spec, "split_batches") is True

    def _ignores_skip(self, spec: TrainingSpec) -> bool:
        return self.option(spec, "ignore_data_skip") is True

    def _epoch_seed(self, spec: TrainingSpec) -> EpochSeed:
        return epoch_seed(spec, spec.framework.options.given("data_seed"))

    def _plan(self, spec: TrainingSpec) -> TrainerPlan:
        return TrainerPlan(loop=self.loop, shape=self._shape(spec), budget=spec.budget)

    def _shape(self, spec: TrainingSpec) -> EpochShape:
        return sharded_shape(
            spec.dataset_size,
            spec.batch,
            drop_last=self.option(spec, "dataloader_drop_last") is True,
            even_batches=self.option(spec, "even_batches") is True,
        )


VERSIONS: Final = (
    HfTrainerFramework(
        version="4.45.2",
        order_algorithm="hf-trainer-4.45",
        arguments=OPTIONS_4_45,
        loop=Loop.CARRIED,
    ),
    HfTrainerFramework(
        version="4.51.3",
        order_algorithm="hf-trainer-4.51",
        arguments=OPTIONS_4_51,
        loop=Loop.SPILLED,
    ),
    HfTrainerFramework(
        version="4.57.1",
        order_algorithm="hf-trainer-4.57",
        arguments=OPTIONS_4_51,
        loop=Loop.FLUSHED,
    ),
    HfTrainerFramework(
        version="5.23.0",
        order_algorithm="hf-trainer-5.23",
        arguments=OPTIONS_5,
        loop=Loop.FLUSHED,
    ),
)
"""Versions whose plans, loops or arguments differ, oldest first."""

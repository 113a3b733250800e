"""Lightning: its Trainer with automatic optimization, and the samplers it puts into loaders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.arithmetic.coverage import Coverage, pass_coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.integers import UINT64_MAX
from app.arithmetic.pass_run import pass_run
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.epoch_limit import refused_length
from app.frameworks.lightning import findings as own
from app.frameworks.lightning.loader import (
    DISTRIBUTED,
    PLAIN,
    TrainLoader,
    overfits,
    train_loader,
)
from app.frameworks.lightning.options import LIGHTNING_OPTIONS, misplaced_interval
from app.frameworks.lightning.refusals import (
    refused_global_seed,
    refused_interval,
    refused_loader,
    refused_sampler,
)
from app.frameworks.lightning.validation import Validation, validation_of
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import (
    refused_fields,
    refused_fractions,
    refused_schedule,
    refused_seed,
    refused_steps_per_epoch,
)
from app.sampling.layout import Layout
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class LightningFramework(Framework):
    """One version of Lightning's Trainer.

    Source: lightning 2.6.6, pytorch/loops/fit_loop.py, pytorch/loops/training_epoch_loop.py and
    pytorch/trainer/connectors/data_connector.py. gradient_accumulation_steps is its
    accumulate_grad_batches, a budget of epochs its max_epochs, one of steps its max_steps.
    """

    name: str = "lightning"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Micro-batches, updates and validations of Trainer.fit with "
                "automatic optimization, and estimated_stepping_batches: executed and compared.",
                "order": "Every index of every rank, as the loop reads its loader, with torch "
                "2.13.0 on the CPU: executed and compared.",
            },
            limits={
                "seed": "seed_everything takes seeds below 2^32; a generator takes the low 32 "
                "bits of any other.",
                "validation": "The validation loader is there and is not empty.",
                "coverage": "UnrepeatedDistributedSampler shuffles alike for every seed; its "
                "coverage of shortened epochs is given as an expectation nevertheless.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Shuffled or not."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL)

    @property
    def budget_units(self) -> tuple[BudgetUnit, ...]:
        """max_epochs or max_steps."""
        return (BudgetUnit.EPOCHS, BudgetUnit.STEPS)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of Trainer and DataLoader."""
        return LIGHTNING_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What a Trainer cannot do, and options that do not fit one another."""
        yield from refused_fields(self, draft, remainder="drop_last")
        yield from refused_steps_per_epoch(
            self, draft, instead="limit_train_batches, which begins every epoch anew"
        )
        yield from refused_fractions(self, draft)
        yield from misplaced_interval(
            self.option(draft, "val_check_interval"), self.option(draft, "check_val_every_n_epoch")
        )

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Loaders that leave nothing to do, intervals that never end, seeds that are too large."""
        loader = self._loader(spec)
        yield from refused_length(loader.shape, copies=loader.copies)
        faults = [*refused_sampler(spec, self.option(spec, "sampler"))]
        faults += () if faults else refused_loader(loader, self._limit_field(spec))
        yield from faults or refused_schedule(
            lambda: self.run(spec), loader.shape, field=self._emptying_field(spec)
        )
        if not faults and loader.shape.steps_per_epoch:
            yield from refused_interval(
                self.run(spec),
                self.option(spec, "val_check_interval"),
                self.option(spec, "check_val_every_n_epoch"),
            )
        if loader.sampler == DISTRIBUTED and loader.shuffles:
            yield from self._refused_seed(spec, loader)

    def _refused_seed(self, spec: TrainingSpec, loader: TrainLoader) -> Iterator[Fault]:
        if self.option(spec, "sampler") is None:
            yield from refused_global_seed(spec)
        elif loader.shape.steps_per_epoch:
            run = self.run(spec)
            yield from refused_seed(spec, run, highest=UINT64_MAX, what="torch's generator")

    def run(self, spec: TrainingSpec) -> Run:
        """Epochs as long as what is read of the loader, each ended by an update."""
        return pass_run(self._loader(spec).shape, spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        del run
        return self._loader(spec).order(epoch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the whole dataset, and to skip the epochs before."""
        return self._loader(spec).work(epoch)

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        loader = self._loader(spec)
        if loader.copies > 1:
            run = pass_run(loader.of_one_rank.shape, spec.budget)
        return pass_coverage(spec.dataset_size, run, fresh=loader.shuffles)

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in its pass."""
        del run
        return PassPoint(epoch, position // self._loader(spec).copies % spec.dataset_size)

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """Whether a position repeats a sample of its epoch."""
        copies = self._loader(spec).copies
        if copies > 1:
            return position % copies > 0
        return Framework.is_padding(self, spec, run, position, repeated=repeated)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        loader = self._loader(spec)
        limit = self.option(spec, "limit_train_batches")
        overfit = self.option(spec, "overfit_batches")
        yield from self._sampling_findings(spec, run, loader)
        yield from own.copied_dataset(loader)
        if overfits(overfit):
            yield from own.ignored_limit(limit)
        yield from own.one_micro_batch(limit, loader)
        yield from own.share_above_one(overfit, loader)
        even = "a dataset_size that data_parallel_size x micro_batch_size divides"
        yield from found.samples_dropped(run, field=self._emptying_field(spec), suggestion=even)
        if loader.copies == 1:
            yield from found.samples_padded(
                run, field="/data_parallel_size", suggestion="a data_parallel_size that divides it"
            )
        yield from found.short_last_step(run, field="/framework/drop_last", suggestion=even)
        yield from found.unequal_ranks(
            run, Layout.STRIDED, field="/framework/sampler", suggestion=f"sampler {DISTRIBUTED}"
        )
        yield from found.fractional_last_epoch(spec, run)
        yield from own.never_validated(self._validation(spec, run))
        yield from own.position_lost(run, loader)

    def _sampling_findings(
        self, spec: TrainingSpec, run: Run, loader: TrainLoader
    ) -> Iterator[Finding]:
        yield from own.shuffled_after_all(spec, loader)
        yield from own.not_shuffled(spec, loader)
        yield from own.idle_seed(spec, loader)
        if loader.shuffles and loader.sampler == DISTRIBUTED:
            yield from found.seed_truncated(spec)
            yield from found.seeds_wrap(spec, run)
            yield from found.epochs_overlap(spec, run)
        elif loader.shuffles and loader.sampler == PLAIN:
            yield from found.seed_truncated(spec)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Numbers of the Trainer, and when it validates."""
        validation = self._validation(spec, run)
        return {
            "estimated_stepping_batches": run.total_steps,
            "num_training_batches": run.shape.micro_steps_per_epoch,
            "val_check_batch": validation.interval,
            "validation_runs": validation.runs,
            "first_validation_after_micro_step": validation.first,
            "last_validation_after_micro_step": validation.last,
        }

    def _validation(self, spec: TrainingSpec, run: Run) -> Validation:
        return validation_of(
            run,
            self.option(spec, "val_check_interval"),
            self.option(spec, "check_val_every_n_epoch"),
        )

    def _limit_field(self, spec: TrainingSpec) -> str:
        overfit = overfits(self.option(spec, "overfit_batches"))
        return f"/framework/{'overfit_batches' if overfit else 'limit_train_batches'}"

    def _emptying_field(self, spec: TrainingSpec) -> str:
        """The option that leaves samples out."""
        loader = self._loader(spec)
        limits = loader.read(0) < loader.length(0)
        return self._limit_field(spec) if limits else "/framework/drop_last"

    def _loader(self, spec: TrainingSpec) -> TrainLoader:
        return train_loader(spec, partial(self.option, spec))


VERSIONS: Final = (LightningFramework(version="2.6.6", order_algorithm="lightning-2.6"),)
"""Versions, oldest first."""

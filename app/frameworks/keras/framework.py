"""keras: Model.fit on the TensorFlow backend, with arrays, PyDatasets and tf.data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from app.arithmetic.carried_run import CarriedRun
from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.parted_run import PartedRun
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks.keras import findings as own_found
from app.frameworks.keras import refusals as refusing
from app.frameworks.keras.data import KerasData
from app.frameworks.keras.fit import KerasFit
from app.frameworks.keras.options import (
    ARRAY,
    KERAS_OPTIONS,
    PY_DATASET,
    misplaced_method,
    misplaced_options,
)
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields, refused_fractions
from app.frameworks.tf_data.findings import seed_reduced, weak_shuffle
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasFramework(Framework):
    """One version of keras; a rank is a replica of tf.distribute.MirroredStrategy."""

    name: str = "keras"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Batches of every epoch and updates of the optimizer: executed and "
                "compared, on the TensorFlow backend with tensorflow 2.21.0.",
                "order": "Every index of every replica: executed and compared.",
            },
            limits={
                "seed": "keras.utils.set_random_seed(sampling.seed) just before fit, with a model "
                "that is built and nothing else that draws from Python's random; the shuffle of "
                "tf.data has sampling.seed as its own seed, and there is no global one.",
                "steps_per_epoch": "fit is given steps_per_epoch x gradient_accumulation_steps, "
                "for its steps are micro-steps.",
                "batch_size": "fit is given micro_batch_size x data_parallel_size.",
                "budget": "Budgets other than epochs end with stop_training after the update.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """With a shuffle or without; one order for all passes with tf.data only."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE_ONCE)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of fit, and of its data."""
        return KERAS_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What fit cannot do, and options that do not fit one another."""
        data = str(self.option(draft, "data"))
        yield from refused_fields(self, draft, remainder="drop_remainder of tf.data")
        yield from refused_fractions(self, draft)
        yield from misplaced_options(data, draft)
        yield from misplaced_method(self, data, draft)
        repeats = self.option(draft, "repeat") is not None
        yield from refusing.refused_endless_epochs(draft, repeats=repeats)
        steps_per_execution = cast("int", self.option(draft, "steps_per_execution"))
        yield from refusing.refused_executions(draft, steps_per_execution)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Fits that fail, that run no update, or whose reading is left to chance."""
        data = self._data(spec)
        repeat = cast("str | None", self.option(spec, "repeat"))
        is_tf = data.kind not in {ARRAY, PY_DATASET}
        yield from refusing.refused_large_seed(spec, seeded=data.shuffled and not is_tf)
        yield from refusing.refused_replicas(
            data.fit,
            items=data.shuffles_items,
            prefetches_passes=data.fit.repeats and data.fresh,
        )
        faults = [
            *refusing.refused_repetition(data.fit, repeat),
            *refusing.refused_nothing(data.fit),
        ]
        yield from faults
        if faults:
            return
        run = data.fit.run(spec.budget)
        if data.short_anywhere:
            yield from refusing.refused_items(spec, data.fit, run)
        yield from refusing.refused_short_run(run)

    def run(self, spec: TrainingSpec) -> Run:
        """Epochs that end with their steps or with their data; accumulation that goes on."""
        return self._data(spec).run(spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        return self._data(spec).order(run, epoch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the passes that an epoch touches."""
        data = self._data(spec)
        return data.table_work(data.run(spec.budget), epoch)

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return self._data(spec).coverage(run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        data = self._data(spec)
        yield from own_found.data_runs_out(data.fit, run)
        yield from own_found.executions_read_more(data.fit)
        yield from own_found.samples_dropped(data.fit)
        yield from own_found.short_batch(data.fit, anywhere=data.short_anywhere)
        yield from own_found.unequal_replicas(data.fit)
        yield from own_found.accumulation(cast("CarriedRun | PartedRun", run))
        if data.shuffles_items:
            yield from own_found.fixed_items(data.fit)
        elif data.shuffled and data.kind == ARRAY:
            yield from own_found.same_order(data.fit, run)
        elif data.shuffled:
            yield from weak_shuffle(data.buffer_size, spec.dataset_size)
        if data.shuffled and data.kind != PY_DATASET:
            yield from seed_reduced(spec)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """params["steps"] of callbacks, and what the optimizer and the callbacks count."""
        fit = self._data(spec).fit
        steps = fit.pass_micro_steps
        if fit.steps_per_epoch is not None:
            steps = fit.steps_per_epoch * fit.batch.gradient_accumulation_steps
        return {
            "steps": steps,
            "_iterations": run.total_micro_steps,
            "on_train_batch_end": fit.executions(run.total_micro_steps),
        }

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in its pass."""
        return self._data(spec).pass_point(run, epoch, position)

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """No sample only fills up an epoch: what is filled up is blank."""
        del spec, run, position, repeated
        return False

    def has_blanks(self, spec: TrainingSpec) -> bool:
        """Whether replicas share the last batch of a pass unequally."""
        fit = self._data(spec).fit
        return bool(fit.blanks) and not fit.repeats

    def _data(self, spec: TrainingSpec) -> KerasData:
        repeat = self.option(spec, "repeat")
        # a batch of a stream without end is always full
        dropping = self.option(spec, "drop_remainder") is True and repeat != "before_batch"
        return KerasData(
            fit=KerasFit(
                dataset_size=spec.dataset_size,
                batch=spec.batch,
                steps_per_epoch=spec.steps_per_epoch,
                steps_per_execution=cast("int", self.option(spec, "steps_per_execution")),
                drop_remainder=dropping,
                repeats=repeat is not None,
            ),
            kind=str(self.option(spec, "data")),
            method=spec.sampling.method,
            seed=spec.sampling.seed,
            batchwise=self.option(spec, "shuffle") == "batch",
            buffer_size=cast("int | None", self.option(spec, "buffer_size")),
        )


VERSIONS: Final = (KerasFramework(version="3.15.1", order_algorithm="keras-3.15-tensorflow"),)
"""Versions, oldest first."""

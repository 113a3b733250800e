"""tf.data: range, shard, shuffle, batch and repeat, in any sensible order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.arithmetic.stream_run import StreamRun
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields, refused_fractions
from app.frameworks.tensorflow_seeds import operation_seeds
from app.frameworks.tf_data import findings as own_found
from app.frameworks.tf_data import refusals as refusing
from app.frameworks.tf_data.options import TF_DATA_OPTIONS, misplaced_options
from app.frameworks.tf_data.orders import pipeline_order
from app.frameworks.tf_data.pipeline import Pipeline
from app.frameworks.tf_data.runs import epoch_of, pipeline_coverage, pipeline_run
from app.frameworks.tf_data.tables import Shuffle
from app.sampling.layout import Layout
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class TfDataFramework(Framework):
    """One version of tensorflow's tf.data; a micro-batch is a step."""

    name: str = "tf-data"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Micro-batches of every rank: executed and compared.",
                "order": "Every index of every rank, as iterators that are made one after "
                "another yield it: executed and compared.",
            },
            limits={
                "seed": "TensorFlow takes seeds modulo 2^31 - 1.",
                "epochs": "Where batches cross passes, an epoch is the micro-steps that begin "
                "in its pass.",
                "version": "The package promises the order of shuffle for no other version.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """With a shuffle or without."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE_ONCE)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of the transformations."""
        return TF_DATA_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What no pipeline can do."""
        yield from refused_fields(self, draft, remainder="drop_remainder")
        yield from refused_fractions(self, draft)
        yield from refusing.refused_virtual_epochs(draft, self._order(draft))
        if draft.knows("gradient_accumulation_steps"):
            yield from refusing.refused_accumulation(draft.gradient_accumulation_steps)
        yield from misplaced_options(draft)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Pipelines without a micro-batch, and those whose ranks part ways."""
        pipeline = self._pipeline(spec)
        yield from refusing.refused_accumulation(spec.batch.gradient_accumulation_steps)
        if self._shuffle(spec) is not None:
            size = cast("int | None", self.option(spec, "buffer_size"))
            yield from refusing.refused_empty_shards(pipeline, buffer_size=size)
        faults = [*refusing.refused_repetition(spec, pipeline)]
        yield from faults
        if not faults:
            yield from refusing.refused_nothing(spec, pipeline)

    def run(self, spec: TrainingSpec) -> Run:
        """Passes that all ranks begin and end together, or one stream."""
        return pipeline_run(spec, self._pipeline(spec))

    def layout(self, spec: TrainingSpec) -> Layout:
        """How the positions of a micro-step fall to the ranks."""
        return self._pipeline(spec).layout

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        return pipeline_order(epoch_of(self._pipeline(spec), run, epoch), self._shuffle(spec))

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle the iterations that an epoch touches."""
        if self._shuffle(spec) is None:
            return 0
        return epoch_of(self._pipeline(spec), self.run(spec), epoch).shuffling_work

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return pipeline_coverage(self._pipeline(spec), run, self._shuffle(spec))

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        pipeline, shuffle = self._pipeline(spec), self._shuffle(spec)
        field = "/framework/drop_remainder"
        even = "a dataset_size that data_parallel_size x micro_batch_size divides"
        if isinstance(run, StreamRun):
            yield from own_found.crossing_batches(run, pipeline)
            yield from own_found.drifting_ranks(pipeline)
            yield from found.short_final_step(run, field=field, suggestion="drop_remainder true")
        else:
            yield from found.samples_dropped(run, field=field, suggestion=even)
            yield from found.short_last_step(run, field=field, suggestion=even)
            layout = pipeline.layout
            yield from found.unequal_ranks(run, layout, field="/dataset_size", suggestion=even)
            yield from found.fractional_last_epoch(spec, run)
        if shuffle is not None:
            pool = pipeline.shard_samples(0) if pipeline.shuffles_shards else spec.dataset_size
            yield from own_found.weak_shuffle(shuffle.buffer_size, pool)
            yield from own_found.seed_reduced(spec)
            yield from own_found.shards_of_a_shuffle(spec, pipeline)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Cardinality of the dataset of rank 0; -1 where it repeats without end."""
        pipeline = self._pipeline(spec)
        if not pipeline.repeats:
            return {"cardinality": pipeline.rank_batches(0)}
        endless = spec.budget.unit is not BudgetUnit.EPOCHS or spec.is_virtual
        return {"cardinality": -1 if endless else run.total_steps}

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in its pass."""
        read = epoch_of(self._pipeline(spec), run, epoch)
        passes, rest = divmod(read.start + position, read.turn)
        return PassPoint(read.iteration + passes, rest)

    def _order(self, spec: TrainingSpec | SpecDraft) -> str:
        return str(self.option(spec, "transformations"))

    def _pipeline(self, spec: TrainingSpec) -> Pipeline:
        return Pipeline(
            order=self._order(spec),
            dataset_size=spec.dataset_size,
            batch=spec.batch,
            drop_remainder=self.option(spec, "drop_remainder") is True,
        )

    def _shuffle(self, spec: TrainingSpec) -> Shuffle | None:
        method = spec.sampling.method
        if method is SamplingMethod.SEQUENTIAL:
            return None
        once = method is SamplingMethod.SHUFFLE_ONCE
        return Shuffle(
            seeds=operation_seeds(
                spec.sampling.seed,
                global_seed=cast("int | None", self.option(spec, "global_seed")),
            ),
            buffer_size=cast("int | None", self.option(spec, "buffer_size")),
            fresh=not once and self.option(spec, "reshuffle_each_iteration") is True,
        )


VERSIONS: Final = (TfDataFramework(version="2.21.0", order_algorithm="tf-data-2.21"),)
"""Versions, oldest first."""

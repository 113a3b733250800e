"""How long Grain's streams of micro-batches are, and how they end."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil

from app.arithmetic.grid import StepGrid, Stretch
from app.arithmetic.integers import INT64_MAX, ceil_div
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import BatchGeometry, Budget, BudgetUnit
from app.arithmetic.stream_run import stream_run
from app.arithmetic.tapered_run import tapered_run
from app.sampling.layout import Layout
from app.sampling.rank_ranges import RankRanges
from app.sampling.stream_reading import IN_TURN, StreamReading, WorkerByWorker


@dataclass(frozen=True, slots=True, kw_only=True)
class GrainStream(ABC):
    """The stream that all ranks read together, micro-step by micro-step.

    Attributes:
        ranges: What each rank goes through; a single range where all ranks share one stream.
        batch: Sizes of a full step.
        num_epochs: Passes of the stream; None where it has no end.
        drop_remainder: Whether micro-batches that are not full are left out.
    """

    ranges: RankRanges
    batch: BatchGeometry
    num_epochs: int | None
    drop_remainder: bool

    @property
    def length(self) -> int:
        """Grain's own length of the stream: its largest integer where it has no end."""
        return INT64_MAX if self.num_epochs is None else self.num_epochs * self.ranges.samples

    @property
    def layout(self) -> Layout:
        """How the positions of a micro-step fall to the ranks."""
        return Layout.STRIDED

    @property
    @abstractmethod
    def samples(self) -> int:
        """Samples that all ranks load until the stream ends."""

    @property
    @abstractmethod
    def reading(self) -> StreamReading:
        """In which order its positions are loaded."""

    @property
    @abstractmethod
    def most_steps(self) -> int:
        """Full steps that can be taken before its end."""

    def steps(self, budget: Budget, steps_per_epoch: int | None) -> int:
        """Steps that a budget takes of a stream without an end."""
        if budget.unit is BudgetUnit.EPOCHS and steps_per_epoch is not None:
            return ceil(budget.amount * steps_per_epoch)
        if budget.unit is BudgetUnit.STEPS:
            return int(budget.amount)
        return ceil_div(budget_samples(budget), self.batch.global_batch_size)

    def run(self, budget: Budget, steps_per_epoch: int | None) -> Run:
        """Steps, epochs and samples of the run; without a step where nothing is loaded."""
        size, pass_samples, samples = (
            self.batch.global_batch_size,
            self.ranges.samples,
            self.samples,
        )
        if steps_per_epoch is not None:
            pass_samples = steps_per_epoch * size
        if self.num_epochs is None:
            samples = self.steps(budget, steps_per_epoch) * size
        return stream_run(
            self.batch,
            pass_samples=pass_samples,
            stream_samples=samples,
            total_steps=ceil_div(samples, size),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderStream(GrainStream):
    """What DataLoaders read with an IndexSampler: every rank the same number of samples.

    Source: grain 0.2.18, `grain/_src/python/samplers.py` (IndexSampler.__len__) and
    `grain/_src/python/data_loader.py` (_SamplerMapDataset: the length of the sampler over the
    number of ranks, rounded down).

    >>> batch = BatchGeometry.of(
    ...     micro_batch_size=2, gradient_accumulation_steps=1, data_parallel_size=3
    ... )
    >>> stream = LoaderStream(
    ...     ranges=RankRanges(dataset_size=10, ranks=3),
    ...     batch=batch,
    ...     num_epochs=2,
    ...     drop_remainder=False,
    ...     worker_count=0,
    ... )
    >>> stream.length, stream.members, stream.samples
    (20, 6, 18)

    Attributes:
        worker_count: Processes of every rank that load in turn; 0 for none.
    """

    worker_count: int

    @property
    def members(self) -> int:
        """Samples that the sampler has for every rank."""
        return self.length // self.batch.data_parallel_size

    @property
    def workers(self) -> WorkerByWorker:
        """The workers; one without any, and none that has nothing to load."""
        return WorkerByWorker(
            ranks=self.batch.data_parallel_size,
            micro_batch_size=self.batch.micro_batch_size,
            workers=max(1, min(self.worker_count, self.members)),
            members=self.members,
        )

    @property
    def full_micro_steps(self) -> int:
        """Micro-steps whose micro-batches are full, up to the end of the stream."""
        workers, size = self.workers, self.batch.micro_batch_size
        least, more = workers.last_round
        return workers.full_members // size + (more if least + 1 == size else 0)

    @property
    def short_micro_steps(self) -> int:
        """Micro-steps at its end whose micro-batches are not full."""
        workers, size = self.workers, self.batch.micro_batch_size
        least, more = workers.last_round
        below = workers.workers - more if least else 0
        return below + (more if least + 1 < size else 0)

    @property
    def tapers(self) -> bool:
        """Whether several workers end with a micro-batch that is not full."""
        return (
            self.num_epochs is not None and not self.drop_remainder and self.short_micro_steps > 1
        )

    @property
    def samples(self) -> int:
        """Samples that all ranks load until the stream ends."""
        size = self.batch.micro_batch_size
        mine = self.full_micro_steps * size if self.drop_remainder else self.members
        return mine * self.batch.data_parallel_size

    @property
    def reading(self) -> StreamReading:
        """In which order its positions are loaded."""
        return self.workers if self.worker_count > 1 else IN_TURN

    @property
    def most_steps(self) -> int:
        """Full steps that can be taken before its end."""
        return self.full_micro_steps // self.batch.gradient_accumulation_steps

    def run(self, budget: Budget, steps_per_epoch: int | None) -> Run:
        """Steps, epochs and samples of the run; without a step where nothing is loaded."""
        if self.tapers:
            return tapered_run(self.batch, self._tapered_steps(), pass_samples=self.ranges.samples)
        return GrainStream.run(self, budget, steps_per_epoch)

    def _tapered_steps(self) -> StepGrid:
        """Full steps, and steps of the last round of the workers."""
        workers, row = self.workers, self.batch.row_samples
        least, more = workers.last_round
        start = workers.full_members * workers.ranks
        steps, stretches = start // row, [Stretch(0, 0, row)] if start else []
        for size, count in ((least + 1, more), (least, workers.workers - more if least else 0)):
            if count:
                stretches.append(Stretch(steps, start, size * workers.ranks))
                steps, start = steps + count, start + count * size * workers.ranks
        return StepGrid(stretches=tuple(stretches), steps=steps, samples=start, row_samples=row)

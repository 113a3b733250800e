"""The data of a call of keras' fit: what its passes hold, and in which order."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from app.arithmetic.buffer_coverage import BufferedPasses, buffer_coverage, rounded
from app.arithmetic.coverage import Coverage
from app.arithmetic.integers import ceil_div
from app.arithmetic.parted_run import PartedRun
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import Budget, SamplingMethod
from app.frameworks.keras.fit import KerasFit, ShortMicroStep
from app.frameworks.keras.options import ARRAY, PY_DATASET
from app.frameworks.keras.orders import (
    BATCH_WORK,
    ReplicaOrder,
    array_table,
    batchwise_table,
    full_rows,
    item_table,
    replicated,
    short_item_places,
)
from app.frameworks.tensorflow_seeds import operation_seeds
from app.frameworks.tf_data.tables import Shuffle, chained
from app.sampling.order import Identity, Order, PassOrder
from app.sampling.shifted_order import ShiftedOrder
from app.sampling.table_order import TableOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasData:
    """What fit is given.

    Attributes:
        fit: How it is read.
        kind: One of array, PyDataset and tf.data.Dataset.
        method: How it is shuffled.
        seed: Of keras.utils.set_random_seed, or of the shuffle of tf.data.
        batchwise: Whether only the samples of every batch are shuffled.
        buffer_size: Of the shuffle of tf.data; None for all samples.
    """

    fit: KerasFit
    kind: str
    method: SamplingMethod
    seed: int
    batchwise: bool = False
    buffer_size: int | None = None

    @property
    def shuffled(self) -> bool:
        """Whether there is a shuffle at all."""
        return self.method is not SamplingMethod.SEQUENTIAL

    @property
    def shuffles_items(self) -> bool:
        """Whether the items of a PyDataset are shuffled as wholes."""
        return self.shuffled and self.kind == PY_DATASET

    @property
    def short_anywhere(self) -> bool:
        """Whether the batch that is not full may come anywhere in a pass."""
        return self.shuffles_items and bool(self.fit.last_samples) and self.fit.pass_micro_steps > 1

    @property
    def fresh(self) -> bool:
        """Whether every pass has a new order."""
        return self.method is SamplingMethod.SHUFFLE and self.kind != ARRAY

    def run(self, budget: Budget) -> Run:
        """The run that a budget buys."""
        run = self.fit.run(budget)
        if not self.short_anywhere:
            return run
        passes = ceil_div(run.total_micro_steps, self.fit.pass_micro_steps) + 1
        return self.fit.run(budget, self._short_micro_step(passes))

    def order(self, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        first = self._first_position(run, epoch)
        if not self.shuffled:
            return self._sequential(first.position)
        if self.fit.repeats:
            return self._stream(run, epoch)
        whole = TableOrder(
            key=("keras", self, self._number_of_table(first.number)),
            entries=self.fit.kept_samples + self.fit.blanks,
            make=lambda: replicated(self._pass_table(first.number), self.fit),
        )
        return ShiftedOrder(inner=whole, first=first.position)

    def table_work(self, run: Run, epoch: int) -> int:
        """What it takes to shuffle the passes that an epoch touches, in samples."""
        size, items = self.fit.dataset_size, self.fit.pass_micro_steps
        if not self.shuffled:
            return 0
        if self.fit.repeats:
            return (ceil_div(run.samples_in_epoch(epoch), self.fit.kept_samples) + 1) * size
        if self.kind == PY_DATASET:
            return items * (self._first_position(run, epoch).number + 1) + size
        return size + (items * BATCH_WORK if self.batchwise else 0)

    def coverage(self, run: Run) -> Coverage:
        """Distinct samples of the run."""
        size, items = self.fit.dataset_size, self.fit.pass_micro_steps
        read = run.total_micro_steps
        if self.short_anywhere and read < items:
            missing = self.fit.batch.micro_batch_size - self.fit.last_samples
            expected = read * (self.fit.batch.micro_batch_size - missing / items)
            return Coverage(
                distinct_samples=rounded(expected), fraction=rounded(expected / size), exact=False
            )
        return buffer_coverage([(1, self._passes(run))], dataset_size=size)

    def pass_point(self, run: Run, epoch: int, position: int) -> PassPoint:
        """Where a position of an epoch stands in its pass."""
        first = self._first_position(run, epoch)
        passes, rest = divmod(first.position + position, self._pass_positions)
        return PassPoint(first.number + passes, rest)

    @property
    def _pass_positions(self) -> int:
        return self.fit.kept_samples + (0 if self.fit.repeats else self.fit.blanks)

    def _first_position(self, run: Run, epoch: int) -> PassPoint:
        if isinstance(run, PartedRun):
            micro_step = run.first_micro_step(epoch)
            number = micro_step // self.fit.pass_micro_steps
            return PassPoint(number, run.read_samples(micro_step) - number * run.pass_samples)
        read = epoch * self.fit.epoch_micro_steps * self.fit.batch.row_samples
        return PassPoint(*divmod(read, self.fit.kept_samples))

    def _sequential(self, first: int) -> Order:
        if self.fit.batch.data_parallel_size > 1:
            return ReplicaOrder(fit=self.fit, first=first)
        return PassOrder(
            dataset_size=self.fit.kept_samples,
            first_position=first,
            order_of=lambda _: Identity(),
            table_size=0,
            fresh_order_per_pass=False,
        )

    def _stream(self, run: Run, epoch: int) -> Order:
        """Passes of tf.data that one iterator reads through."""
        first = epoch * self.fit.epoch_micro_steps * self.fit.batch.row_samples
        part = range(first, first + run.samples_in_epoch(epoch))

        def table() -> NDArray[Any]:
            samples = chained(self._buffered, turn=self.fit.kept_samples, part=part)
            return full_rows(samples, self.fit.batch)

        return TableOrder(key=("keras-stream", self, part), entries=len(part), make=table)

    def _number_of_table(self, number: int) -> Hashable:
        return number if self.fresh else None

    def _pass_table(self, number: int) -> NDArray[Any]:
        if self.kind == PY_DATASET:
            return item_table(self.fit, self.seed, number)
        if self.kind == ARRAY:
            if self.batchwise:
                size = self.fit.batch.row_samples
                return batchwise_table(self.fit.dataset_size, self.seed, batch_size=size)
            return array_table(self.fit.dataset_size, self.seed)
        return self._buffered(self._iteration(number))[: self.fit.kept_samples]

    def _iteration(self, number: int) -> int:
        """Iterators that are made before that of a pass.

        Without steps_per_epoch fit makes one at the end of every epoch and another one at the
        start of the next; with a strategy it reads the first batch of one ahead of all epochs.
        """
        made = number if self.fit.steps_per_epoch is not None else 2 * number
        return made + (self.fit.batch.data_parallel_size > 1)

    def _buffered(self, iteration: int) -> NDArray[Any]:
        shuffle = Shuffle(
            seeds=operation_seeds(self.seed), buffer_size=self.buffer_size, fresh=self.fresh
        )
        return shuffle.order(self.fit.dataset_size, iteration)

    def _short_micro_step(self, passes: int) -> ShortMicroStep:
        last = self.fit.pass_micro_steps - 1

        def place(number: int) -> int:
            # a search for the end of a run may look far behind it, where all samples are read
            if number >= passes:
                return last
            return int(short_item_places(self.fit, self.seed, passes)[number])

        return place

    def _passes(self, run: Run) -> BufferedPasses:
        kept, positions = self.fit.kept_samples, self._pass_positions
        passes = ceil_div(run.total_samples, positions)
        last = run.total_samples - (passes - 1) * positions
        return BufferedPasses(
            pool_size=self.fit.dataset_size,
            buffer_size=self.buffer_size or self.fit.dataset_size,
            passes=passes,
            pass_samples=kept,
            last_pass_samples=min(last, kept),
            fresh=self.fresh,
        )

"""What Lightning's training loop reads: which sampler it puts in, and how much of the loader."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, cast

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.options import OptionValue
from app.arithmetic.spec import BatchGeometry, SamplingMethod, TrainingSpec
from app.frameworks.loader_shape import distributed_sampler_samples
from app.frameworks.torch_orders import identity_order, randperm_order
from app.sampling.copied_order import CopiedOrder
from app.sampling.order import Order
from app.sampling.torch_permutation import randperm_words

DISTRIBUTED: Final = "DistributedSampler"
UNREPEATED: Final = "UnrepeatedDistributedSampler"
PLAIN: Final = "RandomSampler or SequentialSampler"

BatchCount: TypeAlias = "int | float"
"""Micro-batches where it is an integer, a share of them where it is a double."""

_SEED_WORDS = 2
"""Words that a DataLoader draws from its generator when it is iterated, for the base seed."""

_SKIPPED_PER_SAMPLE = 8
"""Words of the generator that are skipped in the time that one sample takes to be shuffled."""


def limited(micro_batches: int, limit: BatchCount) -> int:
    """How many micro-batches of a loader are read.

    Source: lightning 2.6.6, pytorch/trainer/connectors/data_connector.py and
    pytorch/utilities/combined_loader.py. The product is rounded down from a double.

    >>> limited(10, 3), limited(10, 0.39), limited(10, 1.0), limited(10, 5.0)
    (3, 3, 10, 10)
    """
    return min(micro_batches, limit if isinstance(limit, int) else int(micro_batches * limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainLoader:
    """The loaders of all ranks, as the loop reads them epoch by epoch.

    >>> from app.arithmetic.batch import solve_batch
    >>> loader = TrainLoader(
    ...     dataset_size=10,
    ...     batch=solve_batch(micro_batch_size=2, data_parallel_size=3),
    ...     sampler=UNREPEATED,
    ...     shuffles=True,
    ... )
    >>> [loader.read(rank) for rank in range(3)], loader.shape.micro_steps_per_epoch
    ([2, 2, 2], 2)

    Attributes:
        dataset_size: Samples in the dataset.
        batch: Sizes of a full step.
        sampler: DISTRIBUTED, UNREPEATED, or PLAIN: each rank reads the whole dataset.
        shuffles: Whether every epoch has a new order.
        seed: What the generator is seeded with.
        drop_last: Whether a micro-batch that is not full is left out.
        limit: How much of the loader an epoch reads.
    """

    dataset_size: int
    batch: BatchGeometry
    sampler: str
    shuffles: bool
    seed: int = 0
    drop_last: bool = False
    limit: BatchCount = 1.0

    @property
    def copies(self) -> int:
        """How many ranks read the same sample at the same place."""
        return self.batch.data_parallel_size if self.sampler == PLAIN else 1

    def rank_samples(self, rank: int) -> int:
        """Samples that the sampler gives to a rank."""
        ranks = self.batch.data_parallel_size
        if self.sampler == PLAIN:
            return self.dataset_size
        if self.sampler == UNREPEATED:
            return ceil_div(max(0, self.dataset_size - rank), ranks)
        return distributed_sampler_samples(self.dataset_size, ranks, drop_last=False)

    def length(self, rank: int) -> int:
        """Micro-batches of the loader of a rank."""
        samples, size = self.rank_samples(rank), self.batch.micro_batch_size
        return samples // size if self.drop_last else ceil_div(samples, size)

    def read(self, rank: int) -> int:
        """Micro-batches that a rank reads of its loader in an epoch."""
        return limited(self.length(rank), self.limit)

    @property
    def stops_early(self) -> bool:
        """Whether a rank stops while it has samples for a micro-step that rank 0 runs."""
        last = self.batch.data_parallel_size - 1
        filled = ceil_div(self.rank_samples(last), self.batch.micro_batch_size)
        return self.read(last) < min(self.read(0), filled)

    @property
    def shape(self) -> EpochShape:
        """A full epoch; without a step where nothing is read."""
        ranks, read = self.batch.data_parallel_size, self.read(0)
        given = self.dataset_size
        if self.sampler != UNREPEATED:
            given = self.rank_samples(0) * ranks
        samples = min(read * self.batch.row_samples, given)
        distinct = samples // self.copies
        return EpochShape(
            dataset_size=self.dataset_size,
            batch=self.batch,
            steps_per_epoch=ceil_div(read, self.batch.gradient_accumulation_steps),
            samples_per_epoch=samples,
            dropped_samples=max(0, self.dataset_size - distinct),
            padded_samples=max(0, samples - min(distinct, self.dataset_size)),
        )

    @property
    def of_one_rank(self) -> "TrainLoader":
        """The loader of a rank that reads the whole dataset, on its own."""
        batch = BatchGeometry.of(
            micro_batch_size=self.batch.micro_batch_size,
            gradient_accumulation_steps=self.batch.gradient_accumulation_steps,
            data_parallel_size=1,
        )
        return replace(self, batch=batch)

    def order(self, epoch: int) -> Order:
        """The order of one epoch."""
        order = self._order(epoch)
        return CopiedOrder(inner=order, copies=self.copies) if self.copies > 1 else order

    def _order(self, epoch: int) -> Order:
        if not self.shuffles:
            return identity_order(self.dataset_size)
        if self.sampler == PLAIN:
            skipped = self._skipped_words(epoch)
            return randperm_order(self.dataset_size, self.seed, skipped_words=skipped)
        seed = epoch if self.sampler == UNREPEATED else self.seed + epoch
        return randperm_order(self.dataset_size, seed)

    def work(self, epoch: int) -> int:
        """What it takes to compute the order of an epoch, in samples that are shuffled."""
        if not self.shuffles:
            return 0
        if self.sampler != PLAIN:
            return self.dataset_size
        return self.dataset_size + self._skipped_words(epoch) // _SKIPPED_PER_SAMPLE

    def _skipped_words(self, epoch: int) -> int:
        """Words that are drawn from the one generator before the permutation of an epoch.

        RandomSampler draws a second permutation when it is asked for more than the first one.
        The loop stops at the length of the loader, so that nobody asks, unless the last
        micro-batch is short: then its sampler was asked for the samples that it lacks.
        """
        permutations = 2 if self._is_exhausted else 1
        drawn = permutations * randperm_words(self.dataset_size)
        return epoch * (_SEED_WORDS + drawn) + _SEED_WORDS

    @property
    def _is_exhausted(self) -> bool:
        short = self.dataset_size % self.batch.micro_batch_size and not self.drop_last
        return bool(short) and self.read(0) == self.length(0)


def train_loader(spec: TrainingSpec, option: Callable[[str], OptionValue]) -> TrainLoader:
    """The loaders that the loop reads.

    Several ranks, or the strategy ddp, make the training distributed: then a loader without a
    DistributedSampler of its own gets one that shuffles. overfit_batches takes the loader's own
    sampler away first, and keeps the new one from shuffling.

    Args:
        spec: The spec.
        option: Value of an option by its name.
    """
    sampler, overfit = option("sampler"), option("overfit_batches")
    shuffles = spec.sampling.method is SamplingMethod.SHUFFLE
    if sampler is None or overfits(overfit):
        distributed = spec.batch.data_parallel_size > 1 or option("strategy") == "ddp"
        injected = distributed and option("use_distributed_sampler") is True
        sampler = DISTRIBUTED if injected else PLAIN
        shuffles = not overfits(overfit) and (injected or shuffles)
    return TrainLoader(
        dataset_size=spec.dataset_size,
        batch=spec.batch,
        sampler=str(sampler),
        shuffles=shuffles,
        seed=spec.sampling.seed,
        drop_last=option("drop_last") is True,
        limit=_limit(overfit if overfits(overfit) else option("limit_train_batches"), overfit),
    )


def overfits(overfit_batches: OptionValue) -> bool:
    """Whether overfit_batches decides how much is read, and takes the shuffling away."""
    return cast("BatchCount", overfit_batches) > 0


def _limit(limit: OptionValue, overfit: OptionValue) -> BatchCount:
    """limit_train_batches takes a whole double above 1.0 for an integer, overfit_batches does not.

    Source: lightning 2.6.6, pytorch/trainer/setup.py.
    """
    if limit is None:
        return 1.0
    count = cast("BatchCount", limit)
    return count if overfits(overfit) or count <= 1 else int(count)

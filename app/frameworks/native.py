"""The native framework: exact arithmetic, ranks in turn, orders with O(1) random access."""

from dataclasses import dataclass
from functools import partial

from app.arithmetic.epochs import EpochShape, pass_shape, virtual_shape
from app.arithmetic.passes import first_pass_point
from app.arithmetic.spec import BatchGeometry, Remainder, SamplingMethod, TrainingSpec
from app.frameworks.protocol import Place
from app.sampling.draws import Draws
from app.sampling.keys import Purpose
from app.sampling.layout import Progression, strided
from app.sampling.order import Bijection, DrawOrder, Identity, Order, PassOrder
from app.sampling.permutation import Permutation
from app.sampling.table import TABLE_LIMIT


@dataclass(frozen=True, slots=True)
class NativeFramework:
    """Version 1 of the native order (`epochplan-1`) with the arithmetic that goes with it.

    >>> NativeFramework().place_in_step(
    ...     9,
    ...     BatchGeometry.of(
    ...         micro_batch_size=2, gradient_accumulation_steps=2, data_parallel_size=4
    ...     ),
    ... )
    Place(rank=1, micro_step=1, slot=0)
    """

    name: str = "native"
    version: str = "1"
    order_algorithm: str = "epochplan-1"

    def shape(self, spec: TrainingSpec) -> EpochShape:
        """A virtual epoch where the spec fixes its steps, else a pass with its remainder."""
        if spec.steps_per_epoch is not None:
            return virtual_shape(spec.dataset_size, spec.batch, spec.steps_per_epoch)
        return pass_shape(spec.dataset_size, spec.batch, spec.remainder or Remainder.KEEP)

    def rank_positions(self, positions: range, batch: BatchGeometry, rank: int) -> Progression:
        """Every data_parallel_size-th position, so that a step's set depends on no geometry."""
        return strided(positions, rank=rank, data_parallel_size=batch.data_parallel_size)

    def place_in_step(self, position_in_step: int, batch: BatchGeometry) -> Place:
        """Positions go round the ranks, then fill slots, then micro-steps."""
        turn, rank = divmod(position_in_step, batch.data_parallel_size)
        return Place(rank, *divmod(turn, batch.micro_batch_size))

    def order(self, spec: TrainingSpec, shape: EpochShape, epoch: int) -> Order:
        """The order of one epoch."""
        if spec.sampling.method is SamplingMethod.WITH_REPLACEMENT:
            return _draw_order(spec, shape, epoch)
        return _pass_order(spec, shape, epoch)


def _draw_order(spec: TrainingSpec, shape: EpochShape, epoch: int) -> DrawOrder:
    padded = spec.remainder is Remainder.PAD
    return DrawOrder(
        draws=Draws.keyed(seed=spec.sampling.seed, number=epoch, dataset_size=spec.dataset_size),
        distinct_draws=spec.dataset_size if padded else shape.samples_per_epoch,
    )


def _pass_order(spec: TrainingSpec, shape: EpochShape, epoch: int) -> PassOrder:
    method, size = spec.sampling.method, spec.dataset_size
    keyed = partial(Permutation.keyed, seed=spec.sampling.seed, dataset_size=size)
    first = first_pass_point(spec, shape, epoch)
    fresh = method is SamplingMethod.SHUFFLE and spec.is_virtual

    def order_of(ahead: int) -> Bijection:
        match method:
            case SamplingMethod.SEQUENTIAL:
                return Identity()
            case SamplingMethod.SHUFFLE_ONCE:
                return keyed(Purpose.SHUFFLE, number=0)
            case SamplingMethod.RANDOM_SAMPLE:
                return keyed(Purpose.RANDOM_SAMPLE, number=epoch)
            case _:
                return keyed(Purpose.SHUFFLE, number=first.number + (ahead if fresh else 0))

    tabled = method is not SamplingMethod.SEQUENTIAL and size < TABLE_LIMIT
    return PassOrder(
        dataset_size=size,
        first_position=0 if method is SamplingMethod.RANDOM_SAMPLE else first.position,
        order_of=order_of,
        table_size=size if tabled else 0,
        fresh_order_per_pass=fresh,
    )

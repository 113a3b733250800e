"""The native framework: exact arithmetic, ranks in turn, orders with O(1) random access."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.arithmetic.coverage import Coverage, coverage_of
from app.arithmetic.epochs import EpochShape, pass_shape, virtual_shape
from app.arithmetic.finding import Finding
from app.arithmetic.pass_run import pass_run
from app.arithmetic.passes import PassPoint, first_pass_point, pass_point
from app.arithmetic.run import Run
from app.arithmetic.spec import Remainder, SamplingMethod, TrainingSpec
from app.frameworks.native.findings import findings_of
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.sampling.draws import Draws
from app.sampling.keys import Purpose
from app.sampling.order import Bijection, DrawOrder, Identity, Order, PassOrder
from app.sampling.permutation import Permutation
from app.sampling.table import TABLE_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFramework(Framework):
    """Version 1 of the native order (`epochplan-1`) with the arithmetic that goes with it."""

    name: str = "native"
    version: str = "1"
    order_algorithm: str = "epochplan-1"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(),
            exact={
                "arithmetic": "Integers and fractions of any size; no rounding.",
                "order": "Bit for bit the frozen algorithm of docs/native-order.md.",
            },
            limits={
                "dataset_size": "1 .. 2^63-1, with random access to any step of any epoch",
                "tables": "Datasets below 65,536 samples are permuted by a table.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Every method of the spec."""
        return tuple(SamplingMethod)

    def run(self, spec: TrainingSpec) -> Run:
        """Equal epochs, each with a whole number of steps."""
        return pass_run(native_shape(spec), spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        if spec.sampling.method is SamplingMethod.WITH_REPLACEMENT:
            return _draw_order(spec, run.shape, epoch)
        return _pass_order(spec, run.shape, epoch)

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return coverage_of(spec, run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        yield from findings_of(spec, run)

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in the chain of passes."""
        if not spec.sampling.method.has_passes:
            return None
        return pass_point(spec, run.shape, epoch, position)

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """Whether a position lies behind the dataset in a padded pass."""
        del run, repeated
        return spec.remainder is Remainder.PAD and position >= spec.dataset_size

    def sequence_key(self, spec: TrainingSpec, run: Run) -> Hashable:
        """Method, seed and dataset, and where an epoch cuts the chain of its passes.

        Passes that follow one another without a gap make one sequence, however long an epoch is.
        """
        method, shape = spec.sampling.method, run.shape
        seed = None if method is SamplingMethod.SEQUENTIAL else spec.sampling.seed
        gapless = spec.is_virtual or shape.samples_per_epoch == shape.dataset_size
        cut = None if method.has_passes and gapless else (shape.samples_per_epoch, spec.remainder)
        return (self.name, self.version, method, seed, spec.dataset_size, cut)


def native_shape(spec: TrainingSpec) -> EpochShape:
    """A virtual epoch where the spec fixes its steps, else a pass with its remainder."""
    if spec.steps_per_epoch is not None:
        return virtual_shape(spec.dataset_size, spec.batch, spec.steps_per_epoch)
    return pass_shape(spec.dataset_size, spec.batch, spec.remainder or Remainder.KEEP)


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


VERSIONS: Final = (NativeFramework(),)
"""Versions, oldest first."""

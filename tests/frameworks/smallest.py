"""The smallest framework there can be: everything that has a default keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.arithmetic.coverage import Coverage, coverage_of
from app.arithmetic.finding import Finding
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks.native.framework import native_shape
from app.frameworks.option import Flag, Option, Whole
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.sampling.order import Order, PassOrder
from tests.sampling.orders import shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestFramework(Framework):
    """Passes over a dataset, each in an order of its own."""

    name: str = "smallest"
    version: str = "1"
    order_algorithm: str = "smallest-1"

    @property
    def promise(self) -> Promise:
        return Promise(verified=(), exact={})

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        return (SamplingMethod.SHUFFLE,)

    def run(self, spec: TrainingSpec) -> Run:
        return pass_run(native_shape(spec), spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        del run
        return PassOrder(
            dataset_size=spec.dataset_size,
            first_position=0,
            order_of=shuffled(spec.sampling.seed + epoch, spec.dataset_size, fresh=False),
            table_size=0,
            fresh_order_per_pass=False,
        )

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        return coverage_of(spec, run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        del spec, run
        yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalFramework(SmallestFramework):
    """The same with options."""

    @property
    def options(self) -> tuple[Option, ...]:
        return (
            Flag(name="drop_last", default=True, description=""),
            Whole(name="workers", default=None, optional=True, description=""),
        )

"""What a framework decides about a schedule."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass

from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.options import OptionValue
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.sampling.layout import Layout
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(ABC):
    """Step arithmetic, layout and order of one version of one framework.

    Attributes:
        name: Name in the spec.
        version: Version in the spec.
        order_algorithm: Name of the frozen algorithm behind its orders.
    """

    name: str
    version: str
    order_algorithm: str

    @property
    @abstractmethod
    def promise(self) -> Promise:
        """What is promised about it."""

    @property
    @abstractmethod
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Methods that it has."""

    @property
    def budget_units(self) -> tuple[BudgetUnit, ...]:
        """Units in which the length of its runs can be given."""
        return tuple(BudgetUnit)

    @property
    def options(self) -> tuple[Option, ...]:
        """Options of its own."""
        return ()

    def takes(self, names: Collection[str]) -> bool:
        """Whether this version has all options of these names."""
        return {*names} <= {option.name for option in self.options}

    def option(self, spec: TrainingSpec | SpecDraft, name: str) -> OptionValue:
        """Value of one of its options, the default where it is not given."""
        given = dict(spec.framework.options.entries)
        defaults = {option.name: option.default for option in self.options}
        return given.get(name, defaults[name])

    def completed(self, draft: SpecDraft) -> SpecDraft:
        """The draft with the fields that its options decide."""
        return draft

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """Everything in a draft that it cannot do, whatever the other fields are."""
        del draft
        yield from ()

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Everything for which it has no schedule."""
        del spec
        yield from ()

    @abstractmethod
    def run(self, spec: TrainingSpec) -> Run:
        """Steps, epochs and samples of the whole run."""

    def layout(self, spec: TrainingSpec) -> Layout:
        """How the positions of a micro-step fall to the ranks."""
        del spec
        return Layout.STRIDED

    @abstractmethod
    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to compute the order of an epoch as a whole, in samples that are shuffled.

        0 for an order with random access.
        """
        del spec, epoch
        return 0

    @abstractmethod
    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""

    @abstractmethod
    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Numbers that it computes itself, under its own names; JSON values."""
        del spec, run
        return {}

    def epoch_kind(self, spec: TrainingSpec) -> str:
        """`pass`, `virtual`, or `draws` where an epoch is no cycle at all."""
        if spec.sampling.method is SamplingMethod.WITH_REPLACEMENT:
            return "draws"
        return "virtual" if spec.is_virtual else "pass"

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in its pass; None where there are no passes."""
        del run
        is_pass = spec.sampling.method.has_passes and not spec.is_virtual
        return PassPoint(epoch, position % spec.dataset_size) if is_pass else None

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """Whether a position only fills up an epoch.

        Args:
            spec: The spec.
            run: Its run.
            position: Position of a sample in the epoch.
            repeated: Whether the sample stands at an earlier position of the epoch as well.
        """
        del repeated
        return run.shape.padded_samples > 0 and position >= spec.dataset_size

    def has_blanks(self, spec: TrainingSpec) -> bool:
        """Whether its lists hold -1 for places without a sample."""
        del spec
        return False

    def sequence_key(self, spec: TrainingSpec, run: Run) -> Hashable:
        """What a run's order of samples depends on, its length aside.

        Plans with equal keys take the same samples in the same order, as far as both run.
        """
        del run
        identity = (self.name, self.version, repr(spec.framework.options), spec.dataset_size)
        return (*identity, spec.batch, spec.steps_per_epoch, spec.sampling)

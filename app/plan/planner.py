"""Makes a plan: the only place that puts arithmetic, framework, coverage and findings together."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault
from app.frameworks.protocol import Framework
from app.frameworks.registry import find_framework
from app.plan.plan_id import encode_plan_id
from app.plan.settlement import settled_spec
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything the service knows about one training run.

    Attributes:
        plan_id: The text that is the spec.
        spec: What was asked for, settled.
        framework: Whose arithmetic and order it follows.
        run: Steps, epochs and samples.
        coverage: Distinct samples.
        findings: What its owner should know.
    """

    plan_id: str
    spec: TrainingSpec
    framework: Framework
    run: Run
    coverage: Coverage
    findings: tuple[Finding, ...]

    @property
    def epoch_kind(self) -> str:
        """`pass`, `virtual`, or `draws` where an epoch is no cycle at all."""
        return self.framework.epoch_kind(self.spec)

    @property
    def passes(self) -> float:
        """Samples of the run as a multiple of the dataset, rounded to a double."""
        return self.run.total_samples / self.spec.dataset_size

    def order(self, epoch: int) -> Order:
        """The order of one of its epochs."""
        return self.framework.order(self.spec, self.run, epoch)

    def pass_point(self, epoch: int, position: int) -> PassPoint | None:
        """Where a position of an epoch stands in the chain of passes, if in one."""
        return self.framework.pass_point(self.spec, self.run, epoch, position)


def make_plan(spec: TrainingSpec) -> Plan:
    """The plan of a settled spec.

    >>> draft = SpecDraft(dataset_size=1_281_167, global_batch_size=256, steps=5_005)
    >>> plan = make_plan(settled_spec(draft))
    >>> plan.run.shape.steps_per_epoch, plan.run.shape.last_step_samples
    (5005, 143)
    """
    framework = find_framework(spec.framework)
    run = framework.run(spec)
    return Plan(
        plan_id=encode_plan_id(spec),
        spec=spec,
        framework=framework,
        run=run,
        coverage=framework.coverage(spec, run),
        findings=tuple(framework.findings(spec, run)),
    )


def plan_draft(draft: SpecDraft, *, known_faults: Sequence[Fault] = ()) -> Plan:
    """The plan of a spec as it was asked for.

    Raises:
        InvalidSpecError: With all faults at once, those that are already known among them.
    """
    return make_plan(settled_spec(draft, known_faults=known_faults))

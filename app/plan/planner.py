"""Makes a plan: the only place that puts arithmetic, framework, coverage and findings together."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.arithmetic.coverage import Coverage, coverage_of
from app.arithmetic.draft import SpecDraft
from app.arithmetic.run import Run, run_of
from app.arithmetic.settle import settle
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks.protocol import Framework
from app.frameworks.registry import find_framework, framework_faults
from app.plan.finding import Finding
from app.plan.findings import findings_of
from app.plan.plan_id import encode_plan_id


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
        if self.spec.sampling.method is SamplingMethod.WITH_REPLACEMENT:
            return "draws"
        return "virtual" if self.spec.is_virtual else "pass"

    @property
    def passes(self) -> float:
        """Samples of the run as a multiple of the dataset, rounded to a double."""
        return self.run.total_samples / self.spec.dataset_size


def make_plan(spec: TrainingSpec) -> Plan:
    """The plan of a settled spec.

    >>> draft = SpecDraft(dataset_size=1_281_167, global_batch_size=256, steps=5_005)
    >>> plan = make_plan(settle(draft))
    >>> plan.run.shape.steps_per_epoch, plan.run.shape.last_step_samples
    (5005, 143)
    """
    framework = find_framework(spec.framework)
    run = run_of(framework.shape(spec), spec.budget)
    return Plan(
        plan_id=encode_plan_id(spec),
        spec=spec,
        framework=framework,
        run=run,
        coverage=coverage_of(spec, run),
        findings=findings_of(spec, run),
    )


def plan_draft(draft: SpecDraft, *, known_faults: Sequence[Fault] = ()) -> Plan:
    """The plan of a spec as it was asked for.

    Raises:
        InvalidSpecError: With all faults at once, those that are already known among them.
    """
    faults = [*known_faults, *framework_faults(draft.framework)]
    return make_plan(settle(draft, known_faults=faults))

"""Plans whose runs and layouts are those of no framework in particular."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from app.arithmetic.run import Run
from app.arithmetic.spec import Budget, BudgetUnit, Sampling, TrainingSpec
from app.plan.planner import Plan
from app.sampling.layout import Layout
from tests.arithmetic.runs import runs
from tests.frameworks.smallest import SmallestFramework


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFramework(SmallestFramework):
    """A framework that plays one run.

    Attributes:
        played: The run.
        dealing: How positions fall to the ranks.
    """

    played: Run
    dealing: Layout

    def run(self, spec: TrainingSpec) -> Run:
        del spec
        return self.played

    def layout(self, spec: TrainingSpec) -> Layout:
        del spec
        return self.dealing


def staged_plan(run: Run, layout: Layout, dataset_size: int) -> Plan:
    spec = TrainingSpec(
        dataset_size=dataset_size,
        batch=run.shape.batch,
        budget=Budget(unit=BudgetUnit.STEPS, amount=Fraction(run.total_steps)),
        sampling=Sampling(seed=3),
    )
    framework = StagedFramework(played=run, dealing=layout)
    return Plan(
        plan_id="ep1_staged",
        spec=spec,
        framework=framework,
        run=run,
        coverage=framework.coverage(spec, run),
        findings=(),
    )


staged_plans: st.SearchStrategy[Plan] = st.builds(
    staged_plan, runs, st.sampled_from(Layout), st.integers(1, 20)
)
"""Runs that carry steps across epochs or cut them out of a stream, dealt out either way."""

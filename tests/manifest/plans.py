"""Plans, and parts of them, that the laws of manifests are tried on."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import Sampling, SamplingMethod
from app.manifest.selection import Selection, select
from app.plan.planner import Plan, make_plan, plan_draft
from tests.manifest.staged import staged_plans
from tests.strategies import specs

FAR = 2**63 - 1
METHODS = tuple(SamplingMethod)

_EXAMPLES = settings().max_examples
moderate = settings(max_examples=max(1, _EXAMPLES // 2))
"""Half of the profile's examples: there are many laws, and every example is a whole plan."""


def plan_of(
    dataset_size: int,
    micro_batch_size: int = 1,
    *,
    ranks: int = 1,
    accumulation: int = 1,
    epochs: int = 1,
    method: SamplingMethod = SamplingMethod.SHUFFLE,
    **fields: object,
) -> Plan:
    draft = SpecDraft(
        dataset_size=dataset_size,
        micro_batch_size=micro_batch_size,
        gradient_accumulation_steps=accumulation,
        data_parallel_size=ranks,
        epochs=None if "steps" in fields else Fraction(epochs),
        sampling=Sampling(method=method, seed=7),
        **fields,  # type: ignore[arg-type] # each test names fields of a draft
    )
    return plan_draft(draft)


small_plans = specs(most=30).map(make_plan)
"""Runs of every kind: short last steps, idle ranks, padding, virtual epochs, several passes."""


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """The same, also with datasets on both sides of where tables end."""
    spec = draw(specs(most=30))
    size = draw(st.just(spec.dataset_size) | st.sampled_from([65_535, 65_536, 70_001]))
    return make_plan(replace(spec, dataset_size=size))


@st.composite
def selections(draw: st.DrawFn, *, ranks: bool = True) -> Selection:
    """Some steps of some epoch of a small run, often its last ones, for one rank or for all."""
    plan = draw(plans() | staged_plans)
    epoch = draw(st.integers(0, plan.run.epochs - 1))
    taken = plan.run.steps_in_epoch(epoch)
    stop = draw(st.just(taken) | st.integers(0, taken))
    start = draw(st.integers(max(0, stop - 15), stop))
    last_rank = plan.spec.batch.data_parallel_size - 1
    rank = draw(st.none() | st.integers(0, last_rank)) if ranks else None
    return select(plan, epoch=epoch, rank=rank, start_step=start, stop_step=stop)

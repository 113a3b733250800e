"""Small runs that are nearly the same, and all their samples."""

from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.spec import Remainder, Sampling
from app.plan.planner import Plan, make_plan
from tests.frameworks.reading import indices_of
from tests.strategies import integers_up_to, methods, small_specs
from tests.tiny_specs import is_legal


def whole_run(plan: Plan) -> list[int]:
    """Sample indices of a small run, epoch by epoch."""
    taken: list[int] = []
    for epoch in range(plan.run.epochs):
        taken += indices_of(plan.spec, epoch)[: plan.run.samples_in_epoch(epoch)]
    return taken


@st.composite
def relatives(draw: st.DrawFn) -> tuple[Plan, Plan]:
    """Two small runs over one dataset that differ in few things, so that they may agree."""
    one = draw(small_specs())
    changes: list[dict[str, Any]] = [
        {"steps_per_epoch": draw(integers_up_to(12)), "remainder": None},
        {"steps_per_epoch": None, "remainder": Remainder.KEEP},
        {"steps_per_epoch": None, "remainder": draw(st.sampled_from(Remainder))},
        {"batch": solve_batch(global_batch_size=draw(integers_up_to(12)))},
        {"sampling": Sampling(method=one.sampling.method, seed=draw(st.sampled_from([0, 1])))},
        {"sampling": Sampling(method=draw(methods), seed=one.sampling.seed)},
        {"dataset_size": one.dataset_size + 1},
    ]
    other = one
    for change in draw(st.lists(st.sampled_from(changes), min_size=1, max_size=2)):
        other = replace(other, **change)
    assume(is_legal(other))
    return make_plan(one), make_plan(other)

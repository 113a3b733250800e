import pytest
from hypothesis import given

from app.arithmetic.spec import TrainingSpec
from app.errors import UnknownPlanError
from app.plan.lookup import plan_named
from app.plan.planner import make_plan
from tests.strategies import sparingly, specs


@sparingly
@given(spec=specs())
def test_a_plan_is_found_again_by_its_name(spec: TrainingSpec) -> None:
    plan = make_plan(spec)

    found = plan_named(plan.plan_id)

    assert found == plan
    assert plan_named(plan.plan_id) is found


def test_a_text_that_names_no_plan_is_refused_every_time() -> None:
    for _ in range(2):
        with pytest.raises(UnknownPlanError):
            plan_named("ep1_nothing")

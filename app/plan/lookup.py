"""Plans by their plan_id; remembers the last ones, though any replica could make them anew."""

from functools import lru_cache

from app.plan.plan_id import decode_plan_id
from app.plan.planner import Plan, make_plan

_REMEMBERED = 1_024


@lru_cache(maxsize=_REMEMBERED)
def plan_named(plan_id: str) -> Plan:
    """The plan that a plan_id names.

    Raises:
        UnknownPlanError: It names none.
    """
    return make_plan(decode_plan_id(plan_id))

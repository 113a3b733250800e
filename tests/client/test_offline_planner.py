from base64 import urlsafe_b64decode
from dataclasses import fields
from string import ascii_letters
from typing import Any

import pytest
from epochplan_client import (
    InvalidArgumentError,
    Mismatch,
    OfflinePlanner,
    Plan,
    PlanMismatchError,
    Planner,
    UnsupportedPlanError,
)
from hypothesis import given

from app.arithmetic.spec import TrainingSpec
from app.plan.facts import plan_facts
from app.plan.planner import make_plan
from tests.client.reading import spec_of
from tests.strategies import specs

NUMBERS = [each.name for each in fields(Plan) if each.name != "document"]


@given(specs())
def test_a_plan_that_is_read_offline_is_that_of_the_service(spec: TrainingSpec) -> None:
    plan = make_plan(spec)

    read = OfflinePlanner().read(plan.plan_id)

    expected: dict[str, Any] = {"plan_id": plan.plan_id, **plan_facts(plan)}
    assert {name: getattr(read, name) for name in NUMBERS} == {
        name: expected[name] for name in NUMBERS
    }


def same_but_for_spare_bits(plan_id: str) -> list[str]:
    """Other texts of the same bytes: the bits of the last character that no byte needs."""
    written = plan_id.removeprefix("ep1_")
    padding = "=" * (-len(written) % 4)
    content = urlsafe_b64decode(written + padding)
    others = [written[:-1] + last for last in ascii_letters if last != written[-1]]
    return ["ep1_" + other for other in others if urlsafe_b64decode(other + padding) == content]


def damaged(plan_id: str) -> list[str]:
    return [
        plan_id[:-1],
        plan_id[:-1] + ("A" if plan_id[-1] != "A" else "B") + "=",
        plan_id[:20] + "!!" + plan_id[20:],
        plan_id[:20] + "\n" + plan_id[20:],
        plan_id + "====",
        plan_id.replace("ep1_", "ep2_"),
        plan_id.replace("ep1_", ""),
        "ep1_",
        "ep1_ä",
        "",
    ]


def test_a_damaged_plan_id_is_refused(planner: Planner) -> None:
    for plan_id in damaged(planner.plan(spec_of()).plan_id):
        with pytest.raises(InvalidArgumentError, match="is damaged"):
            OfflinePlanner().read(plan_id)


def test_every_text_but_one_of_the_same_bytes_is_damaged(planner: Planner) -> None:
    # the number of characters decides how many bits are spare
    plan_ids = [planner.plan(spec_of(dataset_size=10**size)).plan_id for size in range(2, 5)]

    others = [other for plan_id in plan_ids for other in same_but_for_spare_bits(plan_id)]

    assert others
    for other in others:
        with pytest.raises(InvalidArgumentError, match="is damaged"):
            OfflinePlanner().read(other)


@pytest.mark.parametrize("plan_id", [5, None, b"ep1_x", ["ep1_x"]])
def test_a_plan_id_that_is_no_text_is_refused(plan_id: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=r"plan_id .* is no text"):
        OfflinePlanner().read(plan_id)


def test_plans_of_other_frameworks_are_left_to_the_service(planner: Planner) -> None:
    plan = planner.plan(spec_of(framework="pytorch"))

    with pytest.raises(UnsupportedPlanError, match="follows pytorch"):
        OfflinePlanner().read(plan.plan_id)


def test_a_job_that_is_as_planned_is_verified(planner: Planner) -> None:
    plan_id = planner.plan(spec_of()).plan_id

    OfflinePlanner().verify(plan_id, dataset_size=101, global_batch_size=12)


def test_a_job_that_is_not_as_planned_is_told_every_mismatch(planner: Planner) -> None:
    plan_id = planner.plan(spec_of()).plan_id

    with pytest.raises(PlanMismatchError, match="data_parallel_size is 8 here and 2 in") as error:
        OfflinePlanner().verify(plan_id, data_parallel_size=8, dataset_size=100)

    assert error.value.mismatches == (
        Mismatch("data_parallel_size", 8, 2),
        Mismatch("dataset_size", 100, 101),
    )


@pytest.mark.parametrize("seen", [{}, {"world_size": 2}, {"dataset_size": 1, "steps": 2}])
def test_what_cannot_be_verified_is_refused(planner: Planner, seen: dict[str, int]) -> None:
    plan_id = planner.plan(spec_of()).plan_id

    with pytest.raises(InvalidArgumentError, match="what can be verified is dataset_size"):
        OfflinePlanner().verify(plan_id, **seen)

import copy
from collections.abc import Collection
from typing import Any

import pytest

from app.plan.planner import Plan
from app.review.lock import lock_document
from app.review.lock_review import lock_objections
from app.review.objection import Objection
from app.review.topics import Topic
from tests.review.planning import planned, seeded

Lock = dict[str, Any]


def locked(plan: Plan) -> Lock:
    return copy.deepcopy(lock_document(plan))


def objections(
    plan: Plan, *, lock: Lock | None = None, allowed: Collection[Topic] = ()
) -> list[Objection]:
    given = lock_document(planned()) if lock is None else lock
    return [*lock_objections(planned(), given, plan, allowed)]


def test_a_plan_keeps_to_its_own_lock() -> None:
    assert objections(planned()) == []


def test_a_drift_names_the_field_of_the_spec_and_the_place_in_the_lock() -> None:
    found = objections(planned(dataset_size=8_192), allowed=[Topic.ORDER])

    places = {(each.code, each.field, each.rule) for each in found}
    assert ("drift-dataset", "/dataset_size", "/spec/dataset_size") in places
    assert ("drift-steps", "/epochs", "/plan/total_steps") in places


def test_a_geometry_may_change_where_it_is_allowed() -> None:
    plan = planned(data_parallel_size=8)

    assert {each.code for each in objections(plan)} == {"drift-geometry"}
    assert objections(plan, allowed=[Topic.GEOMETRY]) == []


def test_another_order_is_a_drift_of_its_own() -> None:
    found = objections(planned(sampling=seeded(3)), allowed=[Topic.SAMPLING])

    assert [each.code for each in found] == ["drift-order"]
    assert objections(planned(sampling=seeded(3)), allowed=[Topic.SAMPLING, Topic.ORDER]) == []


def test_an_edited_number_of_a_lock_is_noticed() -> None:
    lock = locked(planned())
    lock["plan"]["total_steps"] = 1

    (found,) = objections(planned(), lock=lock)

    assert (found.code, found.rule) == ("lock-altered", "/plan/total_steps")
    assert found.message == "the lock says 1 at /plan/total_steps, but its plan_id means 128"


def test_a_member_that_no_lock_has_is_noticed() -> None:
    (found,) = objections(planned(), lock=locked(planned()) | {"note": "mine"})

    assert found.rule == "/note"


def edited(lock: Lock) -> None:
    lock["fingerprints"][1]["sha256"] = "0" * 64


def cut(lock: Lock) -> None:
    lock["fingerprints"].pop()


def lengthened(lock: Lock) -> None:
    lock["fingerprints"].append({})


def emptied(lock: Lock) -> None:
    lock["fingerprints"] = None


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (edited, "epoch 0, positions 1536 to 2560"),
        (cut, "epoch 1, positions 3072 to 4096"),
        (lengthened, "more of them are listed than there are"),
        (emptied, "epoch 0, positions 0 to 1024; epoch 0, positions 1536 to 2560"),
    ],
)
def test_fingerprints_of_another_order_are_noticed_with_their_places(
    damage: Any, told: str
) -> None:
    lock = locked(planned())
    damage(lock)

    (found,) = objections(planned(), lock=lock)

    assert found.rule == "/fingerprints"
    assert told in found.message

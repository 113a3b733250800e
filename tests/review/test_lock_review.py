import copy
import json
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.arithmetic.spec import FrameworkChoice
from app.plan.planner import Plan
from app.review.lock import lock_document
from app.review.lock_review import lock_objections
from app.review.objection import Objection
from app.review.topics import Topic
from tests.frameworks.choices import EVERY_CHOICE, plan_with
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


def test_a_member_whose_name_looks_like_a_place_hides_nothing() -> None:
    lock = locked(planned())
    lock["plan"]["total_steps"] = 7
    lock["plan/total_steps"] = 128

    found = objections(planned(), lock=lock)

    assert [each.rule for each in found] == ["/plan/total_steps", "/plan~1total_steps"]


def test_a_member_that_is_missing_is_not_null() -> None:
    lock = locked(planned())
    del lock["spec"]["steps"]

    (found,) = objections(planned(), lock=lock)

    assert found.message == "the lock says nothing at /spec/steps, but its plan_id means null"


@pytest.mark.parametrize(
    ("added", "told"), [({}, "{}"), (None, "null"), ([], "[]"), (Decimal("1e999"), "1E+999")]
)
def test_a_member_that_is_too_much_is_told_as_json(added: object, told: str) -> None:
    lock = locked(planned())
    lock["plan"]["x"] = added

    (found,) = objections(planned(), lock=lock)

    assert found.message == f"the lock says {told} at /plan/x, but its plan_id means nothing"


def test_a_number_that_became_text_is_told_as_text() -> None:
    lock = locked(planned())
    lock["plan"]["total_steps"] = "128"

    (found,) = objections(planned(), lock=lock)

    assert found.message == 'the lock says "128" at /plan/total_steps, but its plan_id means 128'


FORGERIES: list[Any] = [None, {}, [], True, "", 0]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every container within a document, with every key of it."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield document, key
        if isinstance(value, dict | list):
            yield from places(value)


def blamed(lock: Lock) -> bool:
    return "lock-altered" in {each.code for each in objections(planned(), lock=lock)}


def test_nothing_of_a_lock_can_be_left_out_unnoticed() -> None:
    whole = locked(planned())

    unnoticed: list[object] = []
    for number, (_, key) in enumerate(places(whole)):
        lock = copy.deepcopy(whole)
        container, _ = [*places(lock)][number]
        del container[key]
        unnoticed += [] if blamed(lock) else [key]

    assert unnoticed == []


def test_nothing_of_a_lock_can_be_replaced_unnoticed() -> None:
    lock = locked(planned())

    unnoticed: list[object] = []
    for container, key in [*places(lock)]:
        kept = container[key]
        for forged in [*FORGERIES, [kept]]:
            if json.dumps(forged) != json.dumps(kept):
                container[key] = forged
                unnoticed += [] if blamed(lock) else [(key, forged)]
        container[key] = kept

    assert unnoticed == []


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_a_lock_may_be_written_in_any_order_of_its_members(choice: FrameworkChoice) -> None:
    plan = plan_with(choice)
    lock = json.loads(json.dumps(lock_document(plan), sort_keys=True))

    assert [*lock_objections(plan, lock, plan, ())] == []


def test_a_long_value_and_a_long_name_leave_the_sentence_short() -> None:
    lock = locked(planned())
    lock["plan"]["epoch_kind"] = "x" * 500_000
    lock["y" * 500_000] = 1

    kind, name = (each.message for each in objections(planned(), lock=lock))

    assert kind.endswith('… at /plan/epoch_kind, but its plan_id means "pass"')
    assert name.endswith("yyy…, but its plan_id means nothing")
    assert max(len(kind), len(name)) < 200


def edited(lock: Lock) -> None:
    lock["fingerprints"][1]["sha256"] = "0" * 64


def cut(lock: Lock) -> None:
    lock["fingerprints"].pop()


def lengthened(lock: Lock) -> None:
    lock["fingerprints"].append({})


def emptied(lock: Lock) -> None:
    lock["fingerprints"] = None


def removed(lock: Lock) -> None:
    del lock["fingerprints"]


def falsified(lock: Lock) -> None:
    lock["fingerprints"][0]["epoch"] = False


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (edited, "epoch 0, positions 1536 to 2560"),
        (cut, "epoch 1, positions 3072 to 4096"),
        (lengthened, "more of them are listed than there are"),
        (emptied, "epoch 0, positions 0 to 1024; epoch 0, positions 1536 to 2560"),
        (removed, "epoch 0, positions 0 to 1024; epoch 0, positions 1536 to 2560"),
        (falsified, "epoch 0, positions 0 to 1024"),
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

from app.review.drift import drift_between
from app.review.order_change import Relation
from tests.review.planning import planned, seeded


def test_a_plan_does_not_drift_from_itself() -> None:
    drift = drift_between(planned(), planned())

    assert not drift.changed
    assert drift.changes == ()


def test_twice_the_ranks_halve_the_steps_and_double_the_global_batch() -> None:
    fields = {"global_batch_size": None, "micro_batch_size": 8}
    old, new = (planned(**fields, data_parallel_size=ranks) for ranks in (8, 16))

    told = [change.sentence for change in drift_between(old, new).changes]

    assert told[0] == "global_batch_size doubles: 64 -> 128"
    assert "data_parallel_size doubles: 8 -> 16" in told
    assert "total_steps halves: 128 -> 64" in told


def test_accumulation_that_restores_the_global_batch_changes_the_geometry_alone() -> None:
    old = planned(micro_batch_size=8, data_parallel_size=8)
    new = planned(micro_batch_size=4, data_parallel_size=8, gradient_accumulation_steps=2)

    drift = drift_between(old, new)

    assert {change.topic for change in drift.changes} == {"geometry"}
    assert drift.order.relation is Relation.SAME


def test_another_seed_changes_nothing_but_the_seed_and_the_order() -> None:
    drift = drift_between(planned(), planned(sampling=seeded(7)))

    assert [change.field for change in drift.changes] == ["/spec/sampling/seed"]
    assert drift.order.relation is Relation.DIFFERENT

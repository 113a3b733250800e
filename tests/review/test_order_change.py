from fractions import Fraction

import pytest

from app.arithmetic.spec import Sampling, SamplingMethod
from app.plan.planner import Plan
from app.review.order_change import OrderChange, Relation, order_change
from tests.review.planning import framework, planned, seeded


def test_another_split_of_the_global_batch_leaves_the_very_same_order() -> None:
    split = planned(data_parallel_size=8, gradient_accumulation_steps=2)

    change = order_change(planned(), split)

    assert change == OrderChange(relation=Relation.SAME, agreeing_samples=8_192)
    assert change.sentence == "the very same 8192 samples in the same order"


@pytest.mark.parametrize(
    ("epochs", "relation", "agreeing"), [(3, Relation.LONGER, 8_192), (1, Relation.SHORTER, 4_096)]
)
def test_a_run_of_another_length_keeps_its_order(
    epochs: int, relation: Relation, agreeing: int
) -> None:
    change = order_change(planned(), planned(epochs=Fraction(epochs)))

    assert (change.relation, change.agreeing_samples) == (relation, agreeing)
    assert change.relation.keeps_order
    assert str(agreeing) in change.sentence


def test_another_seed_parts_the_orders_at_once() -> None:
    change = order_change(planned(), planned(sampling=seeded(1)))

    assert change.relation is Relation.DIFFERENT
    assert not change.relation.keeps_order
    assert (change.old_step, change.new_step) == (0, 0)


def sequential(name: str) -> Plan:
    """10 samples in the order of the dataset, and then again."""
    method = SamplingMethod.SEQUENTIAL
    chosen = framework(name) if name != "native" else None
    return planned(
        dataset_size=10,
        global_batch_size=None,
        micro_batch_size=2,
        sampling=Sampling(method=method),
        framework=chosen,
    )


def test_orders_that_part_later_name_the_step_of_each_run() -> None:
    once = planned(
        dataset_size=1_000,
        global_batch_size=100,
        sampling=Sampling(method=SamplingMethod.SHUFFLE_ONCE),
    )
    anew = planned(dataset_size=1_000, global_batch_size=50)

    change = order_change(once, anew)

    assert (change.agreeing_samples, change.old_step, change.new_step) == (1_000, 10, 20)
    assert "from step 10 of the old run and step 20 of the new run on" in change.sentence


def test_orders_of_two_frameworks_are_compared_by_their_first_samples() -> None:
    change = order_change(sequential("native"), sequential("pytorch"))

    assert (change.relation, change.agreeing_samples) == (Relation.AGREEING, 20)
    assert change.sentence == "the orders agree on the first 20 samples; no more were looked at"
    assert not change.relation.keeps_order


def test_an_order_too_large_to_be_computed_is_not_compared() -> None:
    fields = {"dataset_size": 2**40, "global_batch_size": None, "micro_batch_size": 2**20}
    native, torch = (planned(**fields, framework=chosen) for chosen in (None, framework("pytorch")))

    change = order_change(native, torch)

    assert change.relation is Relation.NOT_COMPARED
    assert change.sentence.startswith("not compared: ")

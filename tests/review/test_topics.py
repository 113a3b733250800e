from app.plan.facts import plan_facts, pointed_facts
from app.review.topics import Topic, rank_of, topic_of
from tests.review.planning import planned


def test_every_number_of_a_native_plan_has_a_topic_of_its_own() -> None:
    fields = [field for field, _ in pointed_facts(plan_facts(planned()))]

    unnamed = [field for field in fields if topic_of(field) is Topic.FRAMEWORK]

    assert unnamed == ["/order_algorithm", "/spec/framework/name", "/spec/framework/version"]


def test_changes_are_told_by_topic_and_the_weightier_ones_first() -> None:
    told = ["/coverage/exact", "/passes", "/total_samples", "/spec/dataset_size", "/framework/x"]

    ordered = sorted(told, key=rank_of)

    assert ordered == [
        "/spec/dataset_size",
        "/total_samples",
        "/passes",
        "/framework/x",
        "/coverage/exact",
    ]

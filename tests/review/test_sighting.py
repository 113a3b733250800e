from app.review.sighting import SEEN_FIELDS, mismatches
from tests.review.planning import planned


def test_every_mismatch_is_told_with_both_values() -> None:
    plan = planned(micro_batch_size=8, data_parallel_size=4)

    found = mismatches(plan, dict.fromkeys(SEEN_FIELDS, 3))

    assert [fault.nearest for fault in found] == [(4_096,), (64,), (8,), (2,), (4,)]
    assert found[-1].detail == "data_parallel_size is 4 in the plan, but the job sees 3"


def test_what_a_job_sees_as_planned_is_no_mismatch() -> None:
    assert mismatches(planned(), {"dataset_size": 4_096, "data_parallel_size": 1}) == []

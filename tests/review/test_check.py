from app.errors import Fault
from app.review.check import Lock, Yardstick, check_faults, check_plan, passes
from app.review.lock import lock_document
from app.review.policy import Level, Policy
from tests.review.planning import planned


def test_lock_policy_and_findings_are_told_at_once() -> None:
    locked = planned()
    yardstick = Yardstick(
        policy=Policy(max_total_steps=1, findings={"short-last-step": Level.ERROR}),
        lock=Lock(plan=locked, document=lock_document(locked)),
    )

    found = check_plan(planned(global_batch_size=100), yardstick)

    assert {str(each.source) for each in found} == {"lock", "policy", "finding"}
    assert not passes(found)


def test_the_faults_of_a_spec_and_an_altered_lock_are_told_at_once() -> None:
    locked = planned()
    lock = Lock(plan=locked, document=lock_document(locked) | {"note": "mine"})
    fault = Fault(code="c", pointer="/epochs", detail="epochs is 0", given=0, allowed="1")

    assert [each.code for each in check_faults([fault], lock)] == ["c", "lock-altered"]
    assert [each.code for each in check_faults([fault], None)] == ["c"]


def test_a_warning_alone_lets_a_schedule_pass() -> None:
    found = check_plan(planned(dataset_size=100, global_batch_size=30), Yardstick())

    assert [each.code for each in found] == ["short-last-step"]
    assert passes(found)

from app.review.alteration import alteration_fault, alterations
from app.review.lock import lock_document
from tests.review.planning import planned


def test_an_alteration_can_be_told_as_a_fault_of_a_request() -> None:
    plan = planned()

    (found,) = alterations(plan, lock_document(plan) | {"order_algorithm": "other"})
    fault = alteration_fault(found, "/lock")

    assert (fault.code, fault.pointer, fault.given) == (
        "lock-altered",
        "/lock/order_algorithm",
        "other",
    )
    assert fault.allowed == '"epochplan-1"; make the lock anew'


def test_what_a_lock_leaves_out_is_given_as_nothing() -> None:
    lock = lock_document(planned())
    del lock["order_algorithm"]

    (found,) = alterations(planned(), lock)

    assert alteration_fault(found, "/lock").given is None

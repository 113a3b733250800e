from app.api.member_faults import member
from app.errors import Fault


def test_a_member_is_an_object_or_nothing_or_a_fault() -> None:
    body: dict[str, object] = {"lock": {"a": 1}, "policy": None, "allow": 7}

    assert member(body, "lock") == {"a": 1}
    assert member(body, "policy") is None
    assert member(body, "spec") is None
    fault = member(body, "allow")
    assert isinstance(fault, Fault)
    assert (fault.pointer, fault.given) == ("/allow", 7)

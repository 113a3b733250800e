import pytest
from pydantic import ValidationError

from app.api.member_faults import member, member_faults
from app.api.review_schema import PolicyIn
from app.errors import Fault


def test_a_member_is_an_object_or_nothing_or_a_fault() -> None:
    body: dict[str, object] = {"lock": {"a": 1}, "policy": None, "allow": 7}

    assert member(body, "lock") == {"a": 1}
    assert member(body, "policy") is None
    assert member(body, "spec") is None
    fault = member(body, "allow")
    assert isinstance(fault, Fault)
    assert (fault.pointer, fault.given) == ("/allow", 7)


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("min_coverage", "0.5", "a number"),
        ("max_dropped_fraction", True, "a number"),
        ("findings", [], "a JSON object"),
        ("total_steps", "1", "a valid integer"),
    ],
)
def test_what_is_wanted_is_said_in_the_words_of_json(name: str, given: object, wanted: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PolicyIn.model_validate({name: given})

    (fault,) = member_faults(refusal.value, PolicyIn)

    assert (fault.detail, fault.allowed) == (f"{name} must be {wanted}", wanted)

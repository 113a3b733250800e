from app.errors import Fault
from app.review.objection import fault_objections


def test_a_fault_suggests_the_nearest_legal_values() -> None:
    near = Fault(code="c", pointer="/a", detail="d", given=7, allowed="even", nearest=(6, 8))
    far = Fault(code="c", pointer="/b", detail="e", given=7, allowed="a text")

    objections = fault_objections([near, far])

    assert [each.suggestion for each in objections] == [
        "nearest 6 or 8; allowed: even",
        "allowed: a text",
    ]
    assert [each.field for each in objections] == ["/a", "/b"]


def test_a_message_names_the_field() -> None:
    named = Fault(code="c", pointer="/epochs", detail="epochs must be one", given=7, allowed="1")
    unnamed = Fault(
        code="c", pointer="/epoch", detail="there is no such field", given=7, allowed=""
    )

    messages = [each.message for each in fault_objections([named, unnamed])]

    assert messages == ["epochs must be one", "epoch: there is no such field"]


def test_a_long_name_of_a_field_leaves_the_message_short() -> None:
    fault = Fault(
        code="c", pointer="/" + "x" * 500_000, detail="there is no such field", given=7, allowed=""
    )

    (objection,) = fault_objections([fault])

    assert objection.message.endswith("xxx…: there is no such field")
    assert len(objection.message) < 200

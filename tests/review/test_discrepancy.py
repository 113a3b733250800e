from decimal import Decimal

import pytest

from app.review.discrepancy import ABSENT, are_alike, discrepancies

DOCUMENT = {"a": {"b": None, "c": [1, {"d": 2}]}, "e": {}}


def test_a_document_agrees_with_itself_in_any_order() -> None:
    turned = {"e": {}, "a": {"c": [1, {"d": 2}], "b": None}}

    assert [*discrepancies(turned, DOCUMENT)] == []


def test_what_is_missing_and_what_is_too_much_are_told_as_such() -> None:
    found = discrepancies({"a": DOCUMENT["a"], "f": None}, DOCUMENT)

    told = [(each.pointer, each.written, each.expected) for each in found]
    assert told == [("/e", ABSENT, {}), ("/f", None, ABSENT)]


def test_names_are_escaped_in_pointers() -> None:
    (found,) = discrepancies({"a/b": {"c~d": 1}}, {"a/b": {"c~d": 2}})

    assert found.pointer == "/a~1b/c~0d"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, Decimal(1)),
        (1, "1"),
        (0, None),
        ([], {}),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ([{"a": 1}], [{"a": True}]),
        ({}, None),
    ],
)
def test_values_of_two_kinds_are_never_alike(one: object, other: object) -> None:
    assert not are_alike(one, other)
    assert not are_alike(other, one)

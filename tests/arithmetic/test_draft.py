from fractions import Fraction

from app.arithmetic.draft import SpecDraft


def test_a_malformed_field_is_given_but_not_known() -> None:
    draft = SpecDraft(malformed=frozenset({"steps"}))

    assert draft.gives("steps")
    assert not draft.knows("steps")


def test_a_field_with_a_value_is_given_and_known() -> None:
    draft = SpecDraft(epochs=Fraction(1, 2))

    assert draft.gives("epochs")
    assert draft.knows("epochs")


def test_a_field_that_is_left_out_is_neither_given_nor_known() -> None:
    draft = SpecDraft()

    assert not draft.gives("steps")
    assert not draft.knows("steps")

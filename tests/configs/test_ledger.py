from decimal import Decimal

import pytest

from app.configs.ledger import Ledger, plain, pointer_to, whole_number


@pytest.mark.parametrize(
    "value", [True, "8", 1.5, Decimal("1e99999999999"), Decimal("0.5"), Decimal("NaN"), [], {}]
)
def test_what_is_no_integer_is_none(value: object) -> None:
    assert whole_number(value) is None


@pytest.mark.parametrize("value", [Decimal("8.0"), Decimal("0.8e1"), 8])
def test_an_integer_may_be_written_in_many_ways(value: object) -> None:
    assert whole_number(value) == 8


def test_a_key_of_no_section_is_missing() -> None:
    assert Ledger({"trainer": 3}).given("trainer.devices") is None


def test_a_number_out_of_bounds_is_told_with_the_nearest_one() -> None:
    ledger = Ledger({"seed": -4})

    assert ledger.whole("seed", lowest=0) is None
    assert [fault.nearest for fault in ledger.faults] == [(0,)]
    assert ledger.used == {"seed": None}


@pytest.mark.parametrize("value", [True, "1", Decimal(-1), -1])
def test_what_is_no_amount_is_refused(value: object) -> None:
    ledger = Ledger({"share": value})

    assert ledger.amount("share") is None
    assert [fault.pointer for fault in ledger.faults] == ["/share"]


def test_a_pointer_escapes_what_it_must() -> None:
    assert pointer_to("a.b/c~d") == "/a/b~1c~0d"


def test_values_become_those_of_json() -> None:
    values = [Decimal("0.5"), True, None, Decimal("1e999"), {1}, ["deeper"]]

    assert plain(values) == [0.5, True, None, "1E+999", "{1}", "['deeper']"]


def test_a_value_that_holds_itself_becomes_a_short_text() -> None:
    circle: dict[str, object] = {}
    circle["circle"] = circle

    assert str(plain(circle)).startswith("{'circle': {'circle':")


def test_a_key_with_a_dot_of_its_own_is_no_key_of_a_section() -> None:
    assert Ledger({"trainer.devices": 8}).keys(["trainer"]) == ["trainer\\.devices"]

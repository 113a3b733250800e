from decimal import Decimal

import pytest

from app.cli.scalars import ScalarError, read_scalar

NOT_FINITE = [".inf", "-.INF", ".nan", "NaN", "Infinity", "-Infinity", "inf"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("+5", 5),
        ("-7", -7),
        ("9223372036854775808", 2**63),
        ("1_000_000", 1_000_000),
        ("2.50", Decimal("2.50")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e9", Decimal("1e9")),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("", None),
        ("shuffle", "shuffle"),
    ],
)
def test_plain_text_is_the_value_that_it_spells(written: str, value: object) -> None:
    read = read_scalar(written)

    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    "written",
    ["on", "Off", "yes", "No", "0x1F", "0o17", "017", "0b11", "1:30", "1__0", "1_", "2020-01-01"],
)
def test_what_only_yaml_1_1_takes_for_something_else_stays_text(written: str) -> None:
    assert read_scalar(written) == written


@pytest.mark.parametrize("written", NOT_FINITE)
def test_what_is_no_finite_number_is_refused(written: str) -> None:
    with pytest.raises(ScalarError) as refusal:
        read_scalar(written)

    assert refusal.value.code == "not-a-number"


@pytest.mark.parametrize("written", ["9" * 4301, "1." + "0" * 4300, "1e9999999999999999999"])
def test_digits_without_end_are_refused(written: str) -> None:
    with pytest.raises(ScalarError) as refusal:
        read_scalar(written)

    assert refusal.value.code == "endless-digits"

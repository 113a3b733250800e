from decimal import Decimal

import pytest

from app.configs.time_string import Time, read_time


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("10ep", Time(Decimal(10), "epochs")),
        ("1000ba", Time(Decimal(1000), "steps")),
        ("5000SP", Time(Decimal(5000), "samples")),
        ("1e9tok", Time(Decimal(10**9), "tokens")),
        ("1.5e3ba", Time(Decimal(1500), "steps")),
        (3, Time(Decimal(3), "epochs")),
    ],
)
def test_times_are_exact(written: object, time: Time) -> None:
    assert read_time(written) == time


@pytest.mark.parametrize("written", ["1dur", "10", "ep", "60sec", None, True, [1], "1e99999ep"])
def test_what_is_no_time_of_a_plan_is_none(written: object) -> None:
    assert read_time(written) is None

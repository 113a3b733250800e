"""The frame of the benchmark; what it measures is measured by `make bench`."""

import json
import math
from collections.abc import Callable

import pytest

from tests.bench.contest import Contest
from tests.bench.interleaved import interleaved, ratios, timed
from tests.bench.isolated import isolated
from tests.bench.mode import Mode
from tests.bench.peer import Peer
from tests.bench.report import document, exit_code, table
from tests.bench.result import Bar, Result, Spread

MET = Result(name="met", value=30, unit="x torch", bar=Bar(limit=25, aim=40))
MISSED = Result(name="missed", value=20, unit="x torch", bar=Bar(limit=25))
TOLD = Result(name="told", value=1, unit="s")
ABSENT = Result.not_measured("absent", "no environment of torch: make environment-peer-torch")


def test_a_spread_is_the_median_between_the_quartiles() -> None:
    spread = Spread.of([5, 1, 4, 2, 3])

    assert spread == Spread(median=3, low=2, high=4, repetitions=5)


def test_a_single_measurement_spreads_nowhere() -> None:
    spread = Spread.of([7])

    assert spread == Spread(median=7, low=7, high=7, repetitions=1)


def test_speeds_are_amounts_by_seconds() -> None:
    spread = Spread.of_speeds([0.5, 0.25, 1], amount=10)

    assert spread.median == 20


@pytest.mark.parametrize(
    ("bar", "value", "verdict"),
    [
        (None, 1, ""),
        (Bar(limit=2), 2, "pass"),
        (Bar(limit=2), 1.99, "short"),
        (Bar(limit=2, at_least=False), 2, "pass"),
        (Bar(limit=2, at_least=False), 2.01, "short"),
        (Bar(limit=2, aim=3), 2.5, "pass"),
        (Bar(limit=2), math.nan, "short"),
        (Bar(limit=2, at_least=False), math.nan, "short"),
    ],
)
def test_a_verdict_compares_the_value_with_the_bar(
    bar: Bar | None, value: float, verdict: str
) -> None:
    result = Result(name="row", value=value, unit="s", bar=bar)

    assert result.verdict == verdict


def test_what_could_not_be_measured_falls_short() -> None:
    verdict = ABSENT.verdict

    assert verdict == "short"


@pytest.mark.parametrize(
    ("results", "mode", "code"),
    [
        ([MET, TOLD], Mode.FULL, 0),
        ([MET, MISSED], Mode.FULL, 1),
        ([MET, ABSENT], Mode.FULL, 1),
        ([MET, MISSED, ABSENT], Mode.QUICK, 0),
    ],
)
def test_only_a_full_run_that_falls_short_fails(
    results: list[Result], mode: Mode, code: int
) -> None:
    found = exit_code({"some": [TOLD], "others": results}, mode)

    assert found == code


def test_the_table_tells_value_bar_and_verdict_in_columns() -> None:
    lines = table({"speed": [MET, MISSED]}).splitlines()

    assert lines[2:] == [
        "-- speed",
        "met     30 x torch  >= 25 (aim 40)  pass",
        "missed  20 x torch  >= 25           short",
    ]


def test_the_table_tells_who_is_compared_and_what_is_missing_below_a_row() -> None:
    compared = Result(name="row", value=2, unit="x", peer="torch 2.13.0", note="one thread")

    lines = table({"speed": [compared, ABSENT]}).splitlines()

    assert [line for line in lines if line.startswith("    ")] == [
        "    against torch 2.13.0; one thread",
        "    no environment of torch: make environment-peer-torch",
    ]


def test_the_table_tells_both_sides_with_their_quartiles() -> None:
    sides = Spread(median=812.4, low=801, high=820, repetitions=7)
    result = Result(name="row", value=2, unit="x", ours=sides, sides_unit="Mi/s")

    lines = table({"speed": [result]}).splitlines()

    assert lines[-1].endswith("812 Mi/s [801 .. 820] x7")


def test_the_document_is_json_even_where_nothing_was_measured() -> None:
    content = document(
        {"speed": [MET, ABSENT]}, mode=Mode.FULL, machine={"cores": 2}, date="today", commit=""
    )

    plain = json.loads(json.dumps(content, allow_nan=False))

    assert [(row["value"], row["verdict"]) for row in plain["measures"]["speed"]] == [
        (30, "pass"),
        (None, "short"),
    ]


def recording(log: list[str], name: str, seconds: float) -> Callable[[], float]:
    def side() -> float:
        log.append(name)
        return seconds

    return side


def test_sides_take_turns_and_change_their_order() -> None:
    log: list[str] = []

    interleaved([recording(log, "a", 1), recording(log, "b", 2)], 3)

    assert "".join(log) == "ab" + "ab" + "ba" + "ab"


def test_the_warm_up_is_not_counted() -> None:
    found = interleaved([recording([], "a", 1), recording([], "b", 2)], 2)

    assert found == [[1, 1], [2, 2]]


def test_ratios_are_taken_within_a_repetition() -> None:
    spread = ratios([2, 6, 100], [1, 2, 10])

    assert spread.median == 3


def test_a_turn_runs_as_many_goes_as_it_is_told() -> None:
    calls: list[int] = []

    timed(lambda: calls.append(0), goes=4)()

    assert len(calls) == 4


def test_a_contest_compares_speeds_even_of_unequal_amounts() -> None:
    contest = Contest(
        name="row",
        ours=lambda: 1.0,
        our_indices=1_000_000,
        theirs=lambda: 2.0,
        their_indices=100_000,
        peer="slow 1.0",
        unit="x slow",
    )

    result = contest.result(3)

    assert (result.value, result.theirs) == (20, Spread.of([0.05] * 3))


def test_a_peer_that_is_missing_is_told_with_how_to_make_it() -> None:
    reason = Peer.missing("nowhere")

    assert reason == "no environment of nowhere: make environment-peer-nowhere"


def test_a_measure_that_breaks_down_is_a_row_that_falls_short() -> None:
    rows = isolated("no such measure", Mode.QUICK)

    assert [row.verdict for row in rows] == ["short"]

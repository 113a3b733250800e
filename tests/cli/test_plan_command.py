import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.invoking import FIVE_FAULTS, SHORT, SPEC, invoked, read, written


def test_a_person_gets_a_table(here: Path) -> None:
    done = invoked("plan", written(here, SPEC))

    assert done.exit_code == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["total_steps", "200"] in rows
    assert ["total_samples", "20,000"] in rows
    assert rows[-1][0].startswith("ep1_")
    assert "\x1b" not in done.stdout


def test_a_program_gets_the_plan(here: Path) -> None:
    plan = read("plan", written(here, SPEC))

    assert (plan["total_steps"], plan["spec"]["micro_batch_size"]) == (200, 25)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("spec.json", '{"dataset_size": 20, "global_batch_size": 10, "epochs": 2.5}'),
        ("spec.toml", "dataset_size = 20\nglobal_batch_size = 10\nepochs = 2.5\n"),
        ("spec.yaml", "dataset_size: 2_0\nglobal_batch_size: 10\nepochs: 2.5\n"),
    ],
)
def test_the_same_spec_in_any_language_is_the_same_plan(here: Path, name: str, text: str) -> None:
    plan = read("plan", written(here, text, name))

    words = ("--dataset-size=20", "--global-batch-size=10", "--epochs=2.5")
    assert plan == read("plan", *words)


def test_a_spec_may_come_through_a_pipe() -> None:
    done = invoked("plan", "-", "--format", "json", given=SPEC)

    assert json.loads(done.stdout)["total_steps"] == 200


def test_options_override_the_file(here: Path) -> None:
    words = ("--steps", "7", "--seed", "3", "--set", "sampling.method=sequential")

    spec = read("plan", written(here, SPEC), *words)["spec"]

    assert (spec["steps"], spec["epochs"]) == (7, None)
    assert spec["sampling"] == {"method": "sequential", "seed": 3}


def test_an_exact_decimal_is_sent_by_its_digits() -> None:
    words = ("--dataset-size=10", "--global-batch-size=1", "--epochs=0.30000000000000001")

    assert read("plan", *words)["spec"]["epochs"] == "0.30000000000000001"


def test_every_fault_has_its_line(here: Path) -> None:
    done = invoked("plan", written(here, FIVE_FAULTS))

    assert (done.exit_code, done.stdout) == (1, "")
    places = [line.partition(": error[")[0] for line in done.stderr.splitlines()]
    assert places == [
        "spec.yaml:1:1",
        "spec.yaml:2:1",
        "spec.yaml:5:1",
        "spec.yaml:7:3",
        "spec.yaml:4:1",
    ]


def test_findings_are_told_below_the_table(here: Path) -> None:
    done = invoked("plan", written(here, SHORT))

    assert done.exit_code == 0
    assert "warning[short-last-step]: step 10" in done.stdout


def test_findings_are_annotations_for_github(here: Path) -> None:
    done = invoked("plan", written(here, SHORT), "--format", "github")

    assert done.exit_code == 0
    first = done.stdout.splitlines()[0]
    assert first.startswith("::warning file=spec.yaml,line=1,col=1,title=short-last-step::")


def test_faults_are_failures_in_a_junit_report(here: Path) -> None:
    done = invoked("plan", written(here, FIVE_FAULTS), "--format", "junit")

    suites = ET.fromstring(done.stdout)  # noqa: S314 - it is our own
    assert (done.exit_code, suites.get("tests"), suites.get("failures")) == (1, "5", "5")


def test_json_has_no_place_for_faults(here: Path) -> None:
    done = invoked("plan", written(here, FIVE_FAULTS), "--format", "json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 5


def test_a_framework_tells_numbers_of_its_own() -> None:
    words = ("--dataset-size=91", "--micro-batch-size=10", "--epochs=1", "--framework=hf-trainer")

    done = invoked("plan", *words)

    assert done.exit_code == 0
    assert "The framework's own numbers" in done.stdout


def test_without_a_spec_there_is_no_plan() -> None:
    done = invoked("plan")

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "error[no-spec]")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "x"), "--set: error[illegal-option]: x is not FIELD=VALUE"),
        (("--set", "=1"), "--set: error[illegal-option]: =1 is not FIELD=VALUE"),
        (("--world-size", "4"), "--world-size: error[illegal-option]: it goes with --from"),
        (("--seed", ".inf"), "--seed: error[not-a-number]: sampling.seed: .inf is no finite"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(words: tuple[str, ...], told: str) -> None:
    done = invoked("plan", *words)

    assert (done.exit_code, done.stderr.startswith(told)) == (1, True)

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli.config_source import read_config_source
from tests.cli.invoking import invoked, read, written

DEEPSPEED = """\
{
  "train_batch_size": 64,
  "train_micro_batch_size_per_gpu": 4,
  "zero_optimization": {"stage": 2},
  "train_batch_sise": 1
}
"""
WORDS = ("--from", "deepspeed", "--dataset-size", "1024", "--world-size", "8", "--epochs", "2")


def test_a_config_is_a_spec_with_what_its_launch_says(here: Path) -> None:
    plan = read("plan", written(here, DEEPSPEED, "ds.json"), *WORDS)

    assert plan["spec"]["framework"]["name"] == "deepspeed"
    assert (plan["spec"]["global_batch_size"], plan["spec"]["data_parallel_size"]) == (64, 8)
    assert plan["spec"]["gradient_accumulation_steps"] == 2


def test_what_became_of_every_key_is_told_beside_the_plan(here: Path) -> None:
    done = invoked("plan", written(here, DEEPSPEED, "ds.json"), *WORDS)

    lines = done.stderr.splitlines()
    assert done.exit_code == 0
    assert lines[0].startswith("ds.json:1:1: info[config-used]: used: train_batch_size")
    assert "info[config-ignored]: of no meaning for the schedule: zero_optimization" in lines[1]
    assert lines[2].startswith("ds.json:5:4: warning[unknown-config-key]: train_batch_sise is")


def test_findings_and_notes_are_annotations_at_the_keys_of_the_config(here: Path) -> None:
    path = written(here, DEEPSPEED, "ds.json")

    done = invoked("plan", path, *WORDS, "--format", "github")

    assert done.exit_code == 0
    assert "::warning file=ds.json,line=5,col=4,title=unknown-config-key::" in done.stdout


def test_a_fault_of_the_plan_stands_at_the_key_that_decided_it(here: Path) -> None:
    path = written(here, "max_steps: 10\nper_device_train_batch_size: 4\n")
    words = ("--from", "hf-trainer", "--dataset-size", "64", "--world-size", "2")

    source = read_config_source("hf-trainer", path, dataset_size=64, world_size=2)

    assert str(source.spot_of("/steps")) == "spec.yaml:1:1"
    assert str(source.spot_of("/micro_batch_size")) == "spec.yaml:2:1"
    assert invoked("plan", path, *words).exit_code == 0


def test_a_fault_of_the_config_has_its_line(here: Path) -> None:
    text = DEEPSPEED.replace('"train_batch_size": 64', '"train_batch_size": "many"')

    done = invoked("plan", written(here, text, "ds.json"), *WORDS)

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "ds.json:2:4")


def test_a_config_that_cannot_be_parsed_has_the_line_of_the_parser(here: Path) -> None:
    done = invoked("plan", written(here, "a: [1\nb: 2\n"), "--from", "lightning")

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "spec.yaml:2:2")


def test_what_a_config_does_not_say_is_not_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = SimpleNamespace(
        spec={"steps": 1}, used=(), ignored=(), unknown=(), faults=(), origins={"/steps": "gone"}
    )
    monkeypatch.setattr("app.configs.reading.read_config", lambda *_, **__: reading)

    source = read_config_source("megatron", written(here, ""), dataset_size=1, world_size=None)

    assert (source.notes, str(source.spot_of("/steps"))) == ((), "spec.yaml:1:1")


def test_a_config_may_come_through_a_pipe() -> None:
    done = invoked("plan", "-", *WORDS, "--format", "json", given=DEEPSPEED)

    assert done.exit_code == 0


def test_an_option_overrides_the_config(here: Path) -> None:
    plan = read("plan", written(here, DEEPSPEED, "ds.json"), *WORDS, "--seed", "7")

    assert plan["spec"]["sampling"]["seed"] == 7


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x.json", "--from", "torch"), "--from: error[unknown-config-kind]"),
        (("--from", "deepspeed"), "--from: error[no-spec]"),
        (("x", "--from", "deepspeed", "--world-size", "x"), "--world-size: error[illegal-option]"),
        (("x", "--from", "deepspeed", "--world-size", "0"), "--world-size: error[illegal-option]"),
        (("x", "--from", "deepspeed", "--dataset-size", ".nan"), "--dataset-size: error"),
        (("x", "--from", "deepspeed", "--dataset-size", "true"), "--dataset-size: error"),
        (("no.json", "--from", "deepspeed"), "no.json:1:1: error[unreadable]"),
    ],
)
def test_a_config_that_cannot_be_asked_for_so_is_told(words: tuple[str, ...], told: str) -> None:
    done = invoked("plan", *words)

    assert (done.exit_code, done.stderr.startswith(told)) == (1, True)

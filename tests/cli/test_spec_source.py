from decimal import Decimal
from pathlib import Path

import pytest

from app.cli.problem import FailedError, Spot
from app.cli.spec_source import SpecSource, overridden, read_spec_source
from tests.cli.invoking import SPEC, written


def fields_of(given: dict[str, object], **settings: str) -> dict[str, object]:
    """The spec when options give dotted fields, written with two underscores for the dot."""
    named = {name.replace("__", "."): (f"--{name}", text) for name, text in settings.items()}
    return overridden(SpecSource(given), named).fields


def test_a_spec_of_options_alone_needs_no_file() -> None:
    source = read_spec_source(None, {"steps": ("--steps", "1_0")})

    assert (source.fields, source.document) == ({"steps": 10}, None)


def test_nothing_at_all_is_no_spec() -> None:
    with pytest.raises(FailedError) as refusal:
        read_spec_source(None, {})

    assert refusal.value.problems[0].code == "no-spec"


def test_an_option_replaces_the_field_of_the_file_and_its_place(here: Path) -> None:
    options = {"data_parallel_size": ("--data-parallel-size", "8")}

    source = read_spec_source(written(here, SPEC), options)

    assert source.fields["data_parallel_size"] == 8
    assert source.spot_of("/data_parallel_size") == Spot(option="--data-parallel-size")
    assert str(source.spot_of("/global_batch_size")) == "spec.yaml:3:1"
    assert str(source.spot_of("/steps")) == "spec.yaml:1:1"


def test_without_a_file_an_unknown_field_stands_nowhere() -> None:
    assert SpecSource({"steps": 1}).spot_of("/steps") is None


@pytest.mark.parametrize(
    ("budget", "fields"),
    [
        ("steps", {"dataset_size": 9, "steps": 7}),
        ("epochs", {"dataset_size": 9, "epochs": 7}),
        ("tokens", {"dataset_size": 9, "tokens_per_sample": 5, "tokens": 7}),
    ],
)
def test_a_budget_replaces_every_other_one(budget: str, fields: dict[str, object]) -> None:
    given: dict[str, object] = {"dataset_size": 9, "samples": 3, "tokens_per_sample": 5}

    assert fields_of(given, **{budget: "7"}) == fields


def test_what_is_no_budget_leaves_the_budget_alone() -> None:
    assert fields_of({"samples": 3}, sampling__seed="7") == {
        "samples": 3,
        "sampling": {"seed": 7},
    }


def test_a_nested_option_keeps_the_rest_of_its_object() -> None:
    given: dict[str, object] = {"sampling": {"method": "sequential", "seed": 1}}

    assert fields_of(given, sampling__seed="2") == {"sampling": {"method": "sequential", "seed": 2}}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ("megatron", "megatron"),
        ({"name": "megatron", "x": 1}, {"name": "megatron", "x": 1}),
        ({"name": "pytorch", "y": 1}, "megatron"),
        (None, "megatron"),
    ],
)
def test_another_framework_comes_without_the_options_of_the_old_one(
    given: object, fields: object
) -> None:
    assert fields_of({"framework": given}, framework="megatron") == {"framework": fields}


@pytest.mark.parametrize(
    ("given", "framework"),
    [
        (None, {"name": "native", "drop_last": True}),
        ("pytorch", {"name": "pytorch", "drop_last": True}),
        ({"name": "pytorch"}, {"name": "pytorch", "drop_last": True}),
    ],
)
def test_an_option_of_a_framework_joins_its_name(given: object, framework: object) -> None:
    fields = fields_of({"framework": given}, framework__drop_last="true")

    assert fields == {"framework": framework}


def test_a_framework_and_its_options_come_in_any_order() -> None:
    fields = fields_of({}, framework__drop_last="true", framework="pytorch")

    assert fields == {"framework": {"name": "pytorch", "drop_last": True}}


def test_a_group_that_is_none_is_left_to_the_service_to_refuse() -> None:
    assert fields_of({"sampling": "shuffle"}, sampling__seed="1") == {"sampling": "shuffle"}


def test_a_field_that_cannot_be_nested_is_left_to_the_service_to_refuse() -> None:
    assert fields_of({}, epochs__x="1") == {"epochs": {"x": 1}}


@pytest.mark.parametrize(
    ("written_value", "value"),
    [
        ("[1, 2.50]", [1, Decimal("2.50")]),
        ('{"a": null}', {"a": None}),
        ('"7"', "7"),
        ("text", "text"),
    ],
)
def test_a_value_may_be_any_json(written_value: str, value: object) -> None:
    assert fields_of({}, framework__x=written_value) == {
        "framework": {"name": "native", "x": value}
    }


def test_a_version_stays_the_text_it_is() -> None:
    assert fields_of({"framework": "pytorch"}, framework__version="4.10") == {
        "framework": {"name": "pytorch", "version": "4.10"}
    }


def test_every_option_and_every_line_that_cannot_be_read_is_told(here: Path) -> None:
    options = {"steps": ("--steps", ".inf"), "framework.x": ("--set framework.x", "[1,")}

    with pytest.raises(FailedError) as refusal:
        read_spec_source(written(here, "a: 1\na: 2\n"), options)

    assert [str(problem.spot) for problem in refusal.value.problems] == [
        "spec.yaml:2:1",
        "--steps",
        "--set framework.x",
    ]

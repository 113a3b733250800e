from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from app.api.plan_schema import SettledSpec
from app.api.spec_schema import FrameworkIn, SamplingIn, TrainingSpecIn
from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import FrameworkChoice, Sampling
from app.frameworks.registry import FRAMEWORKS, newest_version

LEAST: dict[str, Any] = {"dataset_size": 9}


def names(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]


def test_the_wire_and_the_core_declare_the_same_fields() -> None:
    assert [*TrainingSpecIn.model_fields, "malformed"] == names(SpecDraft)
    assert [*TrainingSpecIn.model_fields] == [*SettledSpec.model_fields]
    assert [*SamplingIn.model_fields] == names(Sampling)
    assert [*FrameworkIn.model_fields, "options"] == names(FrameworkChoice)


def test_the_wire_and_the_core_have_the_same_defaults() -> None:
    draft = TrainingSpecIn.model_validate(LEAST).to_draft()

    assert draft == SpecDraft(dataset_size=9)


@pytest.mark.parametrize("value", [True, 1.0, "1", Decimal(1), None, 0, -1, 2**63])
def test_an_integer_is_an_integer_within_its_bounds_and_nothing_else(value: object) -> None:
    with pytest.raises(ValidationError):
        TrainingSpecIn.model_validate({"dataset_size": value})


@pytest.mark.parametrize("seed", [0, 2**64 - 1])
def test_seeds_have_64_bits(seed: int) -> None:
    spec = TrainingSpecIn.model_validate({**LEAST, "sampling": {"seed": seed}})

    assert spec.to_draft().sampling.seed == seed


@pytest.mark.parametrize("value", [True, 2.5, [1], {}, "1e3", "", "-1", 0, Decimal("NaN"), 10**18])
def test_epochs_are_plain_written_numbers_above_zero(value: object) -> None:
    with pytest.raises(ValidationError):
        TrainingSpecIn.model_validate({**LEAST, "epochs": value})


@pytest.mark.parametrize("written", ["x", {"name": "x"}])
def test_an_unknown_framework_has_no_version(written: object) -> None:
    framework = TrainingSpecIn.model_validate({**LEAST, "framework": written}).framework

    assert (framework.name, framework.pinned_version) == ("x", "")


@pytest.mark.parametrize("version", ["", "0", "2", "01"])
def test_a_version_that_is_given_is_never_replaced(version: str) -> None:
    framework = FrameworkIn(name="native", version=version)

    assert framework.pinned_version == version


def test_a_version_that_is_not_given_has_the_options_that_are() -> None:
    given = {"name": "deepspeed", "elasticity": {"enabled": False}}

    framework = TrainingSpecIn.model_validate({**LEAST, "framework": given}).framework

    assert framework.pinned_version == newest_version("deepspeed", ["elasticity"])


def test_a_version_that_is_not_given_is_the_newest() -> None:
    assert FrameworkIn(name="native").pinned_version == newest_version("native")


def test_whatever_else_stands_beside_the_name_is_an_option() -> None:
    given = {"name": "native", "version": None, "drop_last": 1, "sizes": [1, {"a": None}]}

    framework = TrainingSpecIn.model_validate({**LEAST, "framework": given}).framework

    assert framework.own_options == {"drop_last": 1, "sizes": [1, {"a": None}]}


@pytest.mark.parametrize("framework", ["native", {"name": "native", "version": "1"}])
def test_a_framework_without_options_has_none(framework: object) -> None:
    read = TrainingSpecIn.model_validate({**LEAST, "framework": framework}).framework

    assert read.own_options == {}


def framework_schemas() -> dict[str, dict[str, Any]]:
    """The schema of every framework, by its name."""
    schema = TrainingSpecIn.model_json_schema()["properties"]["framework"]
    return {each["title"]: each for each in schema["anyOf"] if each["type"] == "object"}


def test_every_framework_and_every_option_has_a_schema_of_its_own() -> None:
    schemas = framework_schemas()

    assert [*schemas] == [*FRAMEWORKS]
    for name, versions in FRAMEWORKS.items():
        options = {option.name for each in versions.values() for option in each.options}
        assert {*schemas[name]["properties"]} == {"name", "version", *options}
        assert schemas[name]["additionalProperties"] is False


def test_null_is_in_the_schema_of_an_option_that_may_be_null() -> None:
    torch = framework_schemas()["pytorch"]["properties"]

    assert {"type": "null"} in torch["num_samples"]["anyOf"]
    assert torch["drop_last"]["type"] == "boolean"
    assert torch["num_samples"]["description"]

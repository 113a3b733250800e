from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from app.api.plan_schema import SettledSpec
from app.api.spec_schema import FrameworkIn, SamplingIn, TrainingSpecIn
from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import FrameworkChoice, Sampling
from app.frameworks.registry import newest_version

LEAST: dict[str, Any] = {"dataset_size": 9}


def names(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]


def test_the_wire_and_the_core_declare_the_same_fields() -> None:
    assert [*TrainingSpecIn.model_fields, "malformed"] == names(SpecDraft)
    assert [*TrainingSpecIn.model_fields] == [*SettledSpec.model_fields]
    assert [*SamplingIn.model_fields] == names(Sampling)
    assert [*FrameworkIn.model_fields] == names(FrameworkChoice)


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
    draft = TrainingSpecIn.model_validate({**LEAST, "framework": written}).to_draft()

    assert draft.framework == FrameworkChoice(name="x", version="")


@pytest.mark.parametrize("version", ["", "0", "2", "01"])
def test_a_version_that_is_given_is_never_replaced(version: str) -> None:
    framework = FrameworkIn(name="native", version=version)

    assert framework.pinned_version == version


def test_a_version_that_is_not_given_is_the_newest() -> None:
    assert FrameworkIn(name="native").pinned_version == newest_version("native")

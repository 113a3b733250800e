import json
from typing import Any, cast

import pytest
from hypothesis import given

from app.arithmetic.options import plain_value
from app.arithmetic.settle import settle
from app.arithmetic.spec import FrameworkChoice, Sampling, SamplingMethod, TrainingSpec
from app.plan.spec_fields import distinct_fields, draft_of
from tests.frameworks.choices import EVERY_CHOICE, choosing, plan_with
from tests.strategies import sparingly, specs

PLAIN: dict[str, Any] = {
    "dataset_size": 20,
    "global_batch_size": 5,
    "steps": 7,
    "framework": {"name": "native", "version": "1"},
}

TORCH: dict[str, Any] = {"name": "pytorch", "version": "2.13.0"}


@given(spec=specs())
def test_reading_undoes_writing(spec: TrainingSpec) -> None:
    fields = distinct_fields(spec)

    read = settle(draft_of(json.loads(json.dumps(fields))))

    assert read == spec


@sparingly
@given(spec=specs())
def test_no_field_can_be_left_out(spec: TrainingSpec) -> None:
    fields = distinct_fields(spec)
    own = {"dataset_size", "global_batch_size", spec.budget.unit, "framework"}

    kept = set(fields) - own

    for name in kept - {"tokens_per_sample", "steps_per_epoch"}:
        rest = {other: value for other, value in fields.items() if other != name}
        assert settle(draft_of(rest)) != spec


def test_a_spec_of_defaults_is_named_by_its_own_values() -> None:
    fields = distinct_fields(settle(draft_of(PLAIN)))

    assert fields == PLAIN


def test_a_method_is_written_as_plain_text() -> None:
    sampling = Sampling(method=SamplingMethod.SEQUENTIAL, seed=3)
    spec = settle(draft_of({**PLAIN, "sampling": {"method": "sequential", "seed": 3}}))

    fields = distinct_fields(spec)

    assert spec.sampling == sampling
    assert fields["sampling"] == {"method": "sequential", "seed": 3}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset_size", 0),
        ("dataset_size", -1),
        ("dataset_size", 2**63),
        ("dataset_size", True),
        ("dataset_size", 20.0),
        ("dataset_size", "20"),
        ("dataset_size", None),
        ("micro_batch_size", 5),
        ("malformed", []),
        ("epochs", 2.5),
        ("epochs", "1e3"),
        ("epochs", 10**18),
        ("epochs", []),
        ("remainder", "none"),
        ("remainder", None),
        ("remainder", {}),
        ("sampling", "shuffle"),
        ("sampling", {"method": "dice"}),
        ("sampling", {"method": None}),
        ("sampling", {"method": ["shuffle"]}),
        ("sampling", {"seed": 2**64}),
        ("sampling", {"seed": -1}),
        ("sampling", {"seed": 1.0}),
        ("sampling", {"salt": 1}),
        ("framework", "native"),
        ("framework", {}),
        ("framework", {"name": "native"}),
        ("framework", {"name": "native", "version": 1}),
        ("framework", {"name": "native", "version": "1", "option": 1}),
        ("framework", {**TORCH, "drop_last": 1}),
        ("framework", {**TORCH, "num_samples": 0, "sampler": "RandomSampler"}),
        ("framework", {**TORCH, "remainder": "drop"}),
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"not|no field|no such option|must be|18 digits"):
        draft_of({**PLAIN, field: value})


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_only_what_differs_from_the_defaults_of_a_framework_is_written(
    choice: FrameworkChoice,
) -> None:
    plan = plan_with(choice)
    defaults = {option.name: plain_value(option.default) for option in plan.framework.options}

    written = cast("dict[str, object]", distinct_fields(plan.spec)["framework"])

    assert (written.pop("name"), written.pop("version")) == (choice.name, choice.version)
    assert all(value != defaults[name] for name, value in written.items())


@pytest.mark.parametrize(
    "options",
    [
        {"drop_last": True},
        {"sampler": "RandomSampler", "num_samples": 7, "generator": "global"},
        {"accumulation": "carry", "sampler_drop_last": True},
    ],
)
def test_options_are_written_as_they_are_and_read_again(options: dict[str, Any]) -> None:
    spec = plan_with(choosing("pytorch", **options)).spec

    fields = distinct_fields(spec)

    assert fields["framework"] == {**TORCH, **options}
    assert draft_of(json.loads(json.dumps(fields))).framework == spec.framework


def test_a_framework_with_options_of_its_own_has_no_remainder_to_write() -> None:
    spec = plan_with(choosing("pytorch", drop_last=True)).spec

    fields = distinct_fields(spec)

    assert spec.remainder is None
    assert "remainder" not in fields


def test_options_of_a_framework_that_is_not_known_are_for_others_to_refuse() -> None:
    draft = draft_of({**PLAIN, "framework": {"name": "abacus", "version": "1", "beads": 7}})

    assert draft.framework == FrameworkChoice(name="abacus", version="1")

import json
from typing import Any

import pytest
from hypothesis import given

from app.arithmetic.settle import settle
from app.arithmetic.spec import Sampling, SamplingMethod, TrainingSpec
from app.plan.spec_fields import distinct_fields, draft_of
from tests.strategies import sparingly, specs

PLAIN: dict[str, Any] = {
    "dataset_size": 20,
    "global_batch_size": 5,
    "steps": 7,
    "framework": {"name": "native", "version": "1"},
}


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
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"not|no field|18 digits"):
        draft_of({**PLAIN, field: value})

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import UnknownPlanError
from app.plan.plan_id import decode_plan_id, encode_plan_id
from tests.plan.tokens import RECORDED, document_in, refusal_code, token_of, token_of_fields

FIELDS: dict[str, Any] = RECORDED["every factor"]["spec"]
PLAN_ID: str = RECORDED["every factor"]["plan_id"]
OTHER_WRITINGS: dict[str, bytes] = {
    "spaces": json.dumps(FIELDS, sort_keys=True).encode(),
    "order of the keys": json.dumps(FIELDS, separators=(",", ":")).encode(),
    "a line feed at the end": document_in(PLAN_ID) + b"\n",
    "a byte order mark": b"\xef\xbb\xbf" + document_in(PLAN_ID),
    "UTF-16": document_in(PLAN_ID).decode().encode("utf-16"),
    "an escaped letter": document_in(PLAN_ID).replace(b'"native"', b'"\\u006eative"'),
    "a key twice": document_in(PLAN_ID).replace(b'{"data', b'{"dataset_size":5,"data', 1),
}


@pytest.mark.parametrize("document", OTHER_WRITINGS.values(), ids=OTHER_WRITINGS)
def test_another_writing_of_the_same_spec_is_no_plan_id(document: bytes) -> None:
    code = refusal_code(token_of(document))

    assert code == "plan-id-not-canonical"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("remainder", "keep"),
        ("sampling", {}),
        ("sampling", {"seed": 0}),
        ("sampling", {"method": "shuffle"}),
        ("framework", None),
    ],
    ids=["remainder", "no sampling", "seed", "method", "no framework"],
)
def test_a_default_that_is_spelled_out_or_an_own_value_that_is_not_is_no_plan_id(
    field: str, value: object
) -> None:
    fields = {**FIELDS, field: value}

    code = refusal_code(token_of_fields({k: v for k, v in fields.items() if v is not None}))

    assert code == "plan-id-not-canonical"


@pytest.mark.parametrize(
    "options",
    [{"drop_last": False}, {"num_samples": None}, {"sampler": "DistributedSampler"}],
    ids=str,
)
def test_an_option_that_is_spelled_out_though_it_is_the_default_is_no_plan_id(
    options: dict[str, Any],
) -> None:
    torch = {"name": "pytorch", "version": "2.13.0"}
    fields = {"dataset_size": 20, "global_batch_size": 5, "steps": 7, "framework": torch}

    code = refusal_code(token_of_fields({**fields, "framework": {**torch, **options}}))

    assert code == "plan-id-not-canonical"
    assert decode_plan_id(token_of_fields(fields)).framework.name == "pytorch"


@pytest.mark.parametrize(
    ("epochs", "written"),
    [("10", 10), ("10.0", 10), ("2.50", "2.5"), ("0.5000", "0.5")],
)
def test_only_the_shortest_writing_of_an_amount_is_a_plan_id(
    epochs: str, written: int | str
) -> None:
    fields = {**RECORDED["fractional epochs"]["spec"], "epochs": epochs}

    code = refusal_code(token_of_fields(fields))

    assert code == "plan-id-not-canonical"
    assert decode_plan_id(token_of_fields({**fields, "epochs": written})).budget.amount


@pytest.mark.parametrize("field", ["dataset_size", "global_batch_size", "steps"])
def test_a_spec_without_what_it_needs_is_no_plan_id(field: str) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != field}

    code = refusal_code(token_of_fields(fields))

    assert code == "plan-id-unplannable"


NO_OBJECTS: dict[str, bytes] = {
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "a text": b'"ep1_"',
    "nothing": b"",
    "half an object": b"{",
    "no text": b"\xff\xfe\xfd",
    "open brackets": b"[" * 1_500,
    "nested brackets": b"[" * 750 + b"]" * 750,
    "nested objects": b'{"a":' * 250 + b"1" + b"}" * 250,
}


@pytest.mark.parametrize("document", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_what_is_no_json_object_is_no_plan_id(document: bytes) -> None:
    code = refusal_code(token_of(document))

    assert code in {"plan-id-malformed", "plan-id-unplannable"}


@pytest.mark.parametrize("depth", [1, 100, 400, 690])
@pytest.mark.parametrize(
    "field",
    [
        *('"dataset_size":%s', '"epochs":%s', '"remainder":%s', '"sampling":%s', '"other":%s'),
        *('"sampling":{"method":%s}', '"sampling":{"seed":%s}', '"sampling":{"other":%s}'),
        *('"framework":{"name":%s}', '"framework":{"name":"native","version":%s}'),
        '"framework":{"name":"pytorch","version":"2.13.0","num_samples":%s}',
    ],
)
def test_depth_hidden_in_a_field_is_no_plan_id(field: str, depth: int) -> None:
    token = token_of(b"{" + field.encode() % (b"[" * depth + b"]" * depth) + b"}")

    code = refusal_code(token)

    assert code in {"plan-id-malformed", "plan-id-unplannable"}


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
field_names = st.sampled_from(
    [*FIELDS, "epochs", "tokens", "tokens_per_sample", "remainder", "sampling", "malformed"]
)
values = (
    json_values
    | st.integers(-1, 2**65)
    | st.sampled_from(["keep", "drop", "pad", "native", "1", "0", 10**1_000, 1e400])
    | st.fixed_dictionaries(
        {},
        optional={
            "method": st.sampled_from(["shuffle", "random_sample", "", None]) | json_values,
            "seed": st.integers(-1, 2**65) | json_values,
            "name": st.sampled_from(["native", "\ud800", None]),
            "version": st.sampled_from(["1", 1, "2"]),
        },
    )
)


@given(changes=st.dictionaries(field_names, values, min_size=1, max_size=3))
def test_no_fields_whatever_they_hold_break_the_reader(changes: dict[str, object]) -> None:
    token = token_of_fields({**FIELDS, **changes})

    try:
        spec = decode_plan_id(token)
    except UnknownPlanError:
        return

    assert encode_plan_id(spec) == token


@given(
    document=st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-16"))
)
def test_no_bytes_with_a_right_checksum_break_the_reader(document: bytes) -> None:
    code = refusal_code(token_of(document))

    assert code.startswith("plan-id-")

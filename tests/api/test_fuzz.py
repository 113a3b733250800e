"""Whatever is sent: never a failure of the service, and every refusal is a problem."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.spec_schema import TrainingSpecIn
from tests.api.calling import Service

FIELDS = ["specs", *TrainingSpecIn.model_fields, "method", "seed", "name", "version"]
PARAMETERS = [
    *("rank", "start_step", "stop_step", "group", "format", "dtype", "step", "epoch"),
    *("consumed_samples", "step_in_epoch", "start_epoch", "stop_epoch", "sampling.seed"),
    *TrainingSpecIn.model_fields,
]
WORDS = ["native", "1", "shuffle", "random_sample", "with_replacement", "pad", "drop", "2.5"]
CHOICES = ["json", "csv", "raw", "npy", "arrow", "ndjson", "flat", "micro_step", "uint32", "int64"]
SPEC = {"dataset_size": 100, "global_batch_size": 12, "data_parallel_size": 2, "epochs": 3}

integers = st.integers() | st.integers(-2, 120) | st.sampled_from([2**31, 2**32, 2**63, 2**64])
scalars = st.none() | st.booleans() | integers | st.floats() | st.text() | st.sampled_from(WORDS)
names = st.sampled_from(FIELDS) | st.text(max_size=9)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
written = st.sampled_from(CHOICES) | integers.map(str) | st.text(max_size=9)
queries = st.lists(
    st.tuples(st.sampled_from(PARAMETERS) | st.text(max_size=5), written), max_size=6
)
headers = st.dictionaries(
    st.sampled_from(["accept", "range", "if-range", "if-none-match", "x-request-id"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"))
    | st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}(, ?[0-9]-[0-9])?", fullmatch=True)
    | st.sampled_from(
        ["*", "*/*", "text/csv", "application/*;q=0.5, text/csv;q=1.1", '"a", W/"b"']
    ),
)
PATHS = [
    "/v1/plans",
    "/v1/frameworks",
    "{plan}",
    "{plan}/cursor",
    "{plan}/samples/{text}",
    "{plan}/epochs/{text}/manifest",
    "{plan}/epochs/1/manifest",
    "{plan}/epochs/1/manifest.npy",
    "{plan}/epochs/1/manifest.raw",
    "{plan}/epochs/1/digest",
    "/v1/plans/{text}",
    "/v1/plans/ep1_{text}/cursor",
    "/{text}",
]


@pytest.fixture(scope="module")
def plan(service: Service) -> str:
    return str(service.plan(**SPEC)["links"]["self"])


@settings(max_examples=80)
@given(body=values, url=st.sampled_from(["/v1/plans", "/v1/compare"]))
def test_any_json_is_answered(service: Service, url: str, body: Any) -> None:
    answer = service.post(url, body)

    assert answer.status_code in {200, 400, 422}


@settings(max_examples=80)
@given(changed=st.dictionaries(st.sampled_from([*TrainingSpecIn.model_fields]), values, max_size=4))
def test_any_change_of_a_spec_is_answered(service: Service, changed: Mapping[str, Any]) -> None:
    answer = service.post("/v1/plans", {**SPEC, **changed})

    assert answer.status_code in {200, 400, 422}


@settings(max_examples=50)
@given(body=st.binary())
def test_any_bytes_are_answered(service: Service, body: bytes) -> None:
    answer = service.post("/v1/plans", body)

    assert answer.status_code in {400, 422}


@settings(max_examples=150)
@given(path=st.sampled_from(PATHS), text=st.text(), query=queries, headers=headers)
def test_any_url_with_any_headers_is_answered(
    service: Service, plan: str, path: str, text: str, query: list[tuple[str, str]], headers: Any
) -> None:
    filled = path.format(plan=plan, text=quote(text.encode("utf-8", "replace"), safe=""))
    pairs = [f"{_quoted(name)}={_quoted(value)}" for name, value in query]
    sent = {name: value.encode("latin-1") for name, value in headers.items()}

    answer = service.ask("GET", f"{filled}?{'&'.join(pairs)}", headers=sent)

    assert answer.status_code in {200, 206, 304, 307, 404, 406, 416, 422}


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"))

"""The promises of the API, read top to bottom as a client would try them."""

import pytest

from tests.api.calling import Json, Service
from tests.manifest.reading import csv_columns, ndjson_rows

SPEC: Json = {"dataset_size": 2_000, "global_batch_size": 10, "epochs": 10}
PLAN: Json = {
    "epoch_kind": "pass",
    "steps_per_epoch": 200,
    "micro_steps_per_epoch": 200,
    "samples_per_epoch": 2_000,
    "last_step_samples": 10,
    "dropped_samples_per_epoch": 0,
    "padded_samples_per_epoch": 0,
    "epochs": 10,
    "total_steps": 2_000,
    "total_micro_steps": 2_000,
    "total_samples": 20_000,
    "passes": 10.0,
    "final_epoch_steps": 200,
    "final_step_samples": 10,
    "coverage": {"distinct_samples": 2_000, "fraction": 1.0, "exact": True},
}
SETTLED: Json = {
    "dataset_size": 2_000,
    "global_batch_size": 10,
    "micro_batch_size": 10,
    "gradient_accumulation_steps": 1,
    "data_parallel_size": 1,
    "epochs": 10,
    "steps": None,
    "samples": None,
    "tokens": None,
    "tokens_per_sample": None,
    "steps_per_epoch": None,
    "remainder": "keep",
    "sampling": {"method": "shuffle", "seed": 0},
    "framework": {"name": "native", "version": "1"},
}


@pytest.fixture(scope="module")
def plan(service: Service) -> Json:
    return service.plan(**SPEC)


@pytest.fixture(scope="module")
def epoch(plan: Json) -> str:
    return f"{plan['links']['self']}/epochs/0"


def test_a_plan_has_every_number(plan: Json) -> None:
    assert {name: plan[name] for name in PLAN} == PLAN


def test_a_plan_spells_out_the_whole_spec(plan: Json) -> None:
    assert plan["spec"] == SETTLED


def test_a_plan_links_to_itself_and_to_its_manifests(plan: Json) -> None:
    plan_id = plan["plan_id"]

    assert plan["links"]["self"] == f"/v1/plans/{plan_id}"
    assert plan["links"]["manifest"] == f"/v1/plans/{plan_id}/epochs/{{epoch}}/manifest"


def test_one_line_answers_the_plain_question(service: Service) -> None:
    answer = service.read("/v1/plans?dataset_size=20000&global_batch_size=100&epochs=1")

    assert answer["total_steps"] == 200


@pytest.mark.parametrize(
    "written",
    [
        b'{"epochs": 10, "global_batch_size": 10, "dataset_size": 2000}',
        b'{"dataset_size": 2000, "global_batch_size": 10, "epochs": "10.0"}',
        b'{"dataset_size": 2000, "global_batch_size": 10, "epochs": 10.000}',
        b'{"dataset_size": 2000, "micro_batch_size": 10, "epochs": 1e1}',
        b'{"dataset_size": 2000, "global_batch_size": 10, "epochs": 10, "sampling": {}}',
        b'{"dataset_size": 2000, "global_batch_size": 10, "epochs": 10, "remainder": "keep"}',
        b'{"dataset_size": 2000, "micro_batch_size": 10, "epochs": 10, "data_parallel_size": null}',
        b'{"dataset_size": 2000, "micro_batch_size": 10, "global_batch_size": 10, "epochs": 10}',
        b'{"dataset_size": 2000, "global_batch_size": 10, "epochs": 10, "framework": "native"}',
    ],
)
def test_equal_specs_have_equal_plan_ids_however_written(
    service: Service, plan: Json, written: bytes
) -> None:
    answer = service.post("/v1/plans", written)

    assert answer.json()["plan_id"] == plan["plan_id"]


def test_a_plan_id_is_short_and_fits_into_a_url(plan: Json) -> None:
    allowed = {*"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}

    assert {*plan["plan_id"]} <= allowed
    assert len(plan["plan_id"]) <= 2_048


def test_a_cursor_has_every_field(service: Service, plan: Json) -> None:
    assert service.read(f"{plan['links']['cursor']}?step=250") == {
        "step": 250,
        "epoch": 1,
        "step_in_epoch": 50,
        "consumed_samples": 2_500,
        "pass": 1,
        "pass_position": 500,
        "remaining_steps": 1_750,
        "remaining_samples": 17_500,
        "done": False,
    }


def test_a_page_has_every_field(service: Service, plan: Json, epoch: str) -> None:
    page = service.read(f"{epoch}/manifest?stop_step=2")

    indices = page.pop("sample_indices")
    assert [len(step) for step in indices] == [10, 10]
    assert page == {
        "plan_id": plan["plan_id"],
        "epoch": 0,
        "rank": None,
        "start_step": 0,
        "stop_step": 2,
        "steps_in_epoch": 200,
        "sample_count": 20,
        "next": None,
    }


def test_rows_and_columns_have_their_names(service: Service, epoch: str) -> None:
    url = f"{epoch}/manifest?stop_step=1"

    (row,) = ndjson_rows(service.get(f"{url}&format=ndjson").content)
    (micro_row,) = ndjson_rows(service.get(f"{url}&format=ndjson&group=micro_step").content)

    assert [*row] == ["step_in_epoch", "sample_indices"]
    assert [*micro_row] == ["step_in_epoch", "micro_step", "sample_indices"]
    assert [*csv_columns(service.get(f"{url}&format=csv").content)] == [
        "step_in_epoch",
        "position",
        "sample_index",
    ]


def test_a_digest_has_every_field(service: Service, epoch: str) -> None:
    digest = service.read(f"{epoch}/digest?stop_step=3&dtype=uint32")

    assert (digest["sample_count"], digest["bytes"]) == (30, 120)
    assert [*digest] == ["sha256", "sample_count", "bytes"]
    assert len(digest["sha256"]) == 64


def test_occurrences_have_every_field(service: Service, plan: Json, epoch: str) -> None:
    sample_index = service.read(f"{epoch}/manifest?stop_step=1&group=flat")["sample_indices"][7]

    found = service.read(f"{plan['links']['self']}/samples/{sample_index}?stop_epoch=1")

    assert found == {
        "occurrences": [
            {
                "epoch": 0,
                "step": 0,
                "step_in_epoch": 0,
                "micro_step": 0,
                "rank": 0,
                "slot": 7,
                "position": 7,
                "padding": False,
            }
        ],
        "absent_epochs": [],
        "start_epoch": 0,
        "stop_epoch": 1,
        "next": None,
    }


def test_a_refusal_has_every_field(service: Service, plan: Json) -> None:
    answer = service.get(f"{plan['links']['self']}/epochs/10/manifest")

    assert answer.json() == {
        "type": "urn:epochplan:problem:unknown-epoch",
        "title": "The run has no such epoch",
        "status": 404,
        "detail": "epoch 10 is not within [0, 10)",
        "code": "unknown-epoch",
        "errors": [
            {
                "in": "path",
                "pointer": "/epoch",
                "code": "unknown-epoch",
                "detail": "epoch 10 is not within [0, 10)",
                "given": 10,
                "allowed": "an integer in [0, 10), in plain decimal digits",
                "nearest": [9],
            }
        ],
    }

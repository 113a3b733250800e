"""Specs that are none: every fault is named at once, with what would have been legal."""

import json

import pytest

from app.api.spec_schema import TrainingSpecIn
from tests.api.calling import Json, Service, faults, pointers, query_of

LEAST: Json = {"dataset_size": 100, "global_batch_size": 10, "steps": 7}
OTHERS = {"epochs", "remainder", "sampling", "framework"}
INTEGERS = [name for name in TrainingSpecIn.model_fields if name not in OTHERS]
NO_INTEGERS = [True, False, "ten", 1.5, 0, -1, -(10**30), 2**63, 10**40, [1], {"value": 1}]

CONTRADICTIONS: list[tuple[Json, set[str]]] = [
    ({}, {"/dataset_size", "/epochs", "/global_batch_size"}),
    (
        {"dataset_size": 0, "steps": "x", "seed": 1},
        {"/dataset_size", "/steps", "/seed", "/global_batch_size"},
    ),
    (
        {**LEAST, "epochs": 1, "tokens": 5},
        {"/epochs", "/steps", "/tokens", "/tokens_per_sample"},
    ),
    ({**LEAST, "steps": None}, {"/epochs"}),
    ({**LEAST, "data_parallel_size": 3}, {"/global_batch_size"}),
    ({**LEAST, "micro_batch_size": 3, "remainder": "x"}, {"/global_batch_size", "/remainder"}),
    (
        {**LEAST, "steps_per_epoch": 0, "remainder": "keep", "sampling": {"method": "all"}},
        {"/steps_per_epoch", "/remainder", "/sampling/method"},
    ),
    ({**LEAST, "sampling": {"method": "random_sample"}}, {"/steps_per_epoch"}),
    (
        {**LEAST, "sampling": {"method": "random_sample"}, "steps_per_epoch": 11},
        {"/steps_per_epoch"},
    ),
    ({**LEAST, "remainder": "drop", "global_batch_size": 101}, {"/remainder"}),
    ({**LEAST, "remainder": "pad", "dataset_size": 2**63 - 1}, {"/remainder"}),
    ({**LEAST, "steps_per_epoch": 2**63 - 1}, {"/steps_per_epoch"}),
    ({**LEAST, "tokens_per_sample": 4, "framework": "torch"}, {"/tokens", "/framework/name"}),
    (
        {**LEAST, "framework": {"name": "native", "version": "9"}, "steps": 0},
        {"/framework/version", "/steps"},
    ),
    (
        {**LEAST, "global_batch_size": None, "micro_batch_size": 2**62, "data_parallel_size": 4},
        {"/micro_batch_size"},
    ),
]


def with_epochs(written: str) -> bytes:
    return json.dumps(LEAST).replace('"steps": 7', f'"epochs": {written}').encode()


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("value", NO_INTEGERS, ids=repr)
def test_an_integer_that_is_none_is_named(service: Service, name: str, value: object) -> None:
    answer = service.post("/v1/plans", {**LEAST, name: value})

    named = {fault["pointer"]: fault["in"] for fault in faults(answer)}
    assert answer.status_code == 422
    assert named[f"/{name}"] == "body"


@pytest.mark.parametrize(("spec", "expected"), CONTRADICTIONS)
def test_field_faults_and_cross_field_faults_come_together(
    service: Service, spec: Json, expected: set[str]
) -> None:
    answer = service.post("/v1/plans", spec)

    assert answer.status_code == 422
    assert {*pointers(answer)} == expected
    assert {fault["in"] for fault in faults(answer)} == {"body"}


@pytest.mark.parametrize(("spec", "expected"), CONTRADICTIONS)
def test_a_query_has_the_faults_of_the_body(
    service: Service, spec: Json, expected: set[str]
) -> None:
    answer = service.get(f"/v1/plans?{query_of(spec)}")

    assert answer.status_code == 422
    assert {*pointers(answer)} == expected
    assert {fault["in"] for fault in faults(answer)} == {"query"}


@pytest.mark.parametrize(
    ("spec", "pointer", "nearest"),
    [
        ({**LEAST, "data_parallel_size": 3}, "/global_batch_size", [9, 12]),
        ({**LEAST, "micro_batch_size": 3}, "/global_batch_size", [9, 12]),
        ({**LEAST, "dataset_size": -5}, "/dataset_size", [1]),
        ({**LEAST, "remainder": "dropped"}, "/remainder", ["drop"]),
        ({**LEAST, "dataset_sise": 5}, "/dataset_sise", ["dataset_size"]),
        ({**LEAST, "framework": "nativ"}, "/framework/name", ["native"]),
        ({**LEAST, "remainder": "drop", "global_batch_size": 101}, "/remainder", ["keep", "pad"]),
    ],
)
def test_the_nearest_legal_values_are_named(
    service: Service, spec: Json, pointer: str, nearest: list[object]
) -> None:
    answer = service.post("/v1/plans", spec)

    (fault,) = faults(answer)
    assert (fault["pointer"], fault["nearest"]) == (pointer, nearest)


ENDLESS = {
    "no number": "NaN",
    "above every number": "Infinity",
    "below every number": "-Infinity",
    "many digits": "1" * 5_000,
    "many places": "0." + "1" * 5_000,
    "a huge exponent": "1e9999",
    "a tiny exponent": "1e-9999",
}


@pytest.mark.parametrize("written", ENDLESS.values(), ids=ENDLESS)
def test_numbers_that_are_none_cannot_be_read(service: Service, written: str) -> None:
    answer = service.post("/v1/plans", with_epochs(written))

    assert (answer.status_code, pointers(answer)) == (400, ["/epochs"])


@pytest.mark.parametrize(
    "written",
    [
        *("-1", "0", "0.0", "-0.0", "1e999", "1e-999", "1234567890123456789", "true", "[1]", "{}"),
        *('"NaN"', '"inf"', '"1e3"', '"+1"', '" 1"', '"1_0"', '""', '"1."', '".5"', '"01"'),
    ],
)
def test_amounts_that_are_none_are_named(service: Service, written: str) -> None:
    answer = service.post("/v1/plans", with_epochs(written))

    assert (answer.status_code, pointers(answer)) == (422, ["/epochs"])


def test_what_was_sent_is_shown_back_short_and_printable(service: Service) -> None:
    sent = {**LEAST, "remainder": "\u0000\u202e" + "x" * 10_000, "y" * 10_000: 1}

    answer = service.post("/v1/plans", sent)

    assert len(answer.content) < 4_000
    assert "\u202e" not in answer.text


def test_more_faults_than_anybody_reads_are_counted(service: Service) -> None:
    answer = service.post("/v1/plans", {f"field{number}": 1 for number in range(1_000)})

    assert len(faults(answer)) == 50
    assert "more" in answer.json()["detail"]

import pytest

from app.api.check_requests import read_check
from tests.api.calling import Json, Service, faults, pointers

SPEC: Json = {"dataset_size": 4_096, "global_batch_size": 64, "epochs": 2}


def test_every_fault_of_everything_but_the_spec_is_told_at_once(service: Service) -> None:
    body = {
        "lock": {"lock_version": 2},
        "policy": {"max_dropped_fraction": 1.5, "findings": {"short-last-stepp": "error"}},
        "allow": ["geometri"],
        "extra": None,
    }

    answer = service.post("/v1/check", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-check")
    assert pointers(answer) == [
        "/extra",
        "/spec",
        "/policy/findings/short-last-stepp",
        "/policy/max_dropped_fraction",
        "/lock/lock_version",
        "/allow/0",
    ]


def test_a_refused_request_tells_the_faults_of_its_spec_and_its_lock_as_well(
    service: Service,
) -> None:
    lock = service.post("/v1/lock", SPEC).json()
    lock["plan"]["total_steps"] = 7
    body = {
        "spec": {**SPEC, "epochs": 0, "framework": {"name": "native", "x": 1}},
        "lock": lock,
        "policy": {"max_dropped_fraction": 1.5},
    }

    answer = service.post("/v1/check", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-check")
    assert {(fault["pointer"], fault["code"]) for fault in faults(answer)} == {
        ("/policy/max_dropped_fraction", "illegal-value"),
        ("/spec/epochs", "illegal-value"),
        ("/spec/framework/x", "unknown-field"),
        ("/lock/plan/total_steps", "lock-altered"),
    }


@pytest.mark.parametrize("count", [32, 400])
def test_similar_names_are_looked_up_for_the_first_unknown_ones_only(count: int) -> None:
    topics = [f"geometry-{number}" for number in range(count)]
    codes = {f"short-last-step-{number}": "off" for number in range(count)}

    asked = read_check({"spec": SPEC, "policy": {"findings": codes}, "allow": topics})

    guessed = [each.code for each in asked.faults if each.nearest]
    assert len(asked.faults) == 2 * count
    assert guessed == ["unknown-finding"] * 32 + ["unknown-topic"] * 32


def test_an_unknown_finding_is_told_with_the_most_similar_one(service: Service) -> None:
    policy = {"findings": {"short-last-stepp": "error"}}

    (fault,) = faults(service.post("/v1/check", {"spec": SPEC, "policy": policy}))

    assert fault["pointer"] == "/policy/findings/short-last-stepp"
    assert fault["nearest"] == ["short-last-step"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"policy": []}, "/policy"),
        ({"policy": {"total_step": 1}}, "/policy/total_step"),
        (
            {"policy": {"findings": {"short-last-step": "fatal"}}},
            "/policy/findings/short-last-step",
        ),
        ({"policy": {"max_dropped_fraction": True}}, "/policy/max_dropped_fraction"),
        ({"lock": "epochplan.lock.json"}, "/lock"),
        ({"lock": {"lock_version": True}}, "/lock/lock_version"),
        ({"lock": {"lock_version": 1, "plan_id": "ep1_AAAA"}}, "/lock/plan_id"),
        ({"lock": {"lock_version": 1}}, "/lock/plan_id"),
        ({"allow": "geometry"}, "/allow"),
        ({"allow": [["order"]]}, "/allow/0"),
    ],
)
def test_what_has_no_legal_form_is_refused_where_it_stands(
    service: Service, body: Json, pointer: str
) -> None:
    assert pointers(service.post("/v1/check", {"spec": SPEC} | body)) == [pointer]


def test_null_is_nothing(service: Service) -> None:
    body = {"spec": SPEC, "lock": None, "policy": None, "allow": None}

    assert service.post("/v1/check", body).json()["passed"]

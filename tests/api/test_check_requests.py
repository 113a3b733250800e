import pytest

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
        "/policy/max_dropped_fraction",
        "/lock/lock_version",
        "/allow/0",
    ]


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

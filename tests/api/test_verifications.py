from app.api.review_schema import VerificationOut
from tests.api.calling import Json, Service, faults, pointers

SPEC: Json = {"dataset_size": 4_096, "micro_batch_size": 8, "data_parallel_size": 8, "epochs": 2}
SEEN: Json = {"dataset_size": 4_096, "data_parallel_size": 8, "global_batch_size": 64}


def test_a_job_that_sees_what_was_planned_is_verified(service: Service) -> None:
    plan_id = service.plan(**SPEC)["plan_id"]

    answer = service.post(f"/v1/plans/{plan_id}/verify", SEEN | {"micro_batch_size": None})

    verified = VerificationOut.model_validate_json(answer.content)
    assert verified.plan_id == plan_id
    assert verified.verified == ["dataset_size", "global_batch_size", "data_parallel_size"]


def test_every_mismatch_is_told_at_once_with_the_value_of_the_plan(service: Service) -> None:
    plan_id = service.plan(**SPEC)["plan_id"]

    answer = service.post(
        f"/v1/plans/{plan_id}/verify", SEEN | {"data_parallel_size": 4, "global_batch_size": 32}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "plan-mismatch")
    told = [(fault["pointer"], fault["given"], fault["nearest"]) for fault in faults(answer)]
    assert told == [("/global_batch_size", 32, [64]), ("/data_parallel_size", 4, [8])]


def test_what_cannot_be_held_against_a_plan_is_refused(service: Service) -> None:
    plan_id = service.plan(**SPEC)["plan_id"]

    answer = service.post(f"/v1/plans/{plan_id}/verify", {"world_size": 8, "dataset_size": 0})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-check")
    assert pointers(answer) == ["/dataset_size", "/world_size"]


def test_nothing_seen_is_nothing_verified(service: Service) -> None:
    plan_id = service.plan(**SPEC)["plan_id"]

    answer = service.post(f"/v1/plans/{plan_id}/verify", {})

    assert answer.json()["errors"][0]["code"] == "nothing-seen"


def test_a_job_without_a_plan_is_not_found(service: Service) -> None:
    assert service.post("/v1/plans/ep1_AAAA/verify", SEEN).status_code == 404

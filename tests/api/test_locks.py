import json
from hashlib import sha256

from app.api.review_schema import LockOut
from tests.api.calling import Json, Service, faults

SPEC: Json = {"dataset_size": 10**12, "global_batch_size": 4_096, "epochs": 3}


def test_every_fingerprint_can_be_verified_with_a_range_of_the_raw_manifest(
    service: Service,
) -> None:
    lock = service.post("/v1/lock", SPEC).json()

    for each in lock["fingerprints"]:
        url = f"/v1/plans/{lock['plan_id']}/epochs/{each['epoch']}/manifest.raw"
        first, last = 8 * each["start_position"], 8 * each["stop_position"] - 1
        part = service.get(url, range=f"bytes={first}-{last}")
        assert each["sha256"] == sha256(part.content).hexdigest()
    assert len(lock["fingerprints"]) == 9


def test_a_lock_repeats_the_plan_without_its_floats(service: Service) -> None:
    plan = service.plan(**SPEC)

    lock = service.post("/v1/lock", SPEC).json()

    assert lock["plan_id"] == plan["plan_id"]
    assert lock["spec"] == plan["spec"]
    assert lock["plan"].items() <= plan.items()
    assert {*plan} - {*lock["plan"], *lock} == {
        "service_version",
        "passes",
        "coverage",
        "findings",
        "links",
    }


def test_a_lock_is_what_the_documentation_says(service: Service) -> None:
    answer = service.post("/v1/lock", SPEC)

    assert LockOut.model_validate_json(answer.content).model_dump() == answer.json()


def test_equal_specs_have_equal_locks_down_to_the_byte(service: Service) -> None:
    other = {"epochs": "3.0", "micro_batch_size": 4_096, "dataset_size": 10**12}

    assert service.post("/v1/lock", SPEC).content == service.post("/v1/lock", other).content


def test_every_fault_of_a_spec_refuses_its_lock(service: Service) -> None:
    answer = service.post("/v1/lock", {"dataset_size": 0, "epochs": 0})

    assert answer.status_code == 422
    assert {fault["pointer"] for fault in faults(answer)} >= {"/dataset_size", "/epochs"}


def test_an_order_too_large_to_be_computed_has_no_lock(service: Service) -> None:
    spec = {"dataset_size": 2**40, "micro_batch_size": 64, "epochs": 1, "framework": "pytorch"}

    answer = service.post("/v1/lock", spec)

    assert (answer.status_code, answer.json()["code"]) == (422, "work-limit-exceeded")


def test_fingerprints_stay_within_the_work_of_one_request() -> None:
    service = Service(work_indices=1_000)

    answer = service.post("/v1/lock", {"dataset_size": 9_999, "micro_batch_size": 1, "epochs": 1})

    assert answer.json()["errors"][0]["code"] == "fingerprint-work"
    assert json.loads(answer.content)["status"] == 422

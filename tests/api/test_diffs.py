from app.api.review_schema import DiffOut
from tests.api.calling import Json, Service, pointers

SPEC: Json = {"dataset_size": 4_096, "micro_batch_size": 8, "data_parallel_size": 8, "epochs": 2}
TWICE: Json = {**SPEC, "data_parallel_size": 16}


def test_a_plan_and_its_own_spec_differ_in_nothing(service: Service) -> None:
    plan_id = service.plan(**SPEC)["plan_id"]

    diff = service.post("/v1/diff", {"old": {"plan_id": plan_id}, "new": SPEC}).json()

    assert (diff["changed"], diff["changes"], diff["order"]["relation"]) == (False, [], "same")
    assert diff["old"] == diff["new"] == service.plan(**SPEC)


def test_twice_the_ranks_halve_the_steps(service: Service) -> None:
    diff = service.post("/v1/diff", {"old": SPEC, "new": TWICE}).json()

    sentences = [change["sentence"] for change in diff["changes"]]
    assert diff["changed"]
    assert "global_batch_size doubles: 64 -> 128" in sentences
    assert "total_steps halves: 128 -> 64" in sentences
    assert diff["order"]["relation"] == "same"


def test_a_diff_is_what_the_documentation_says(service: Service) -> None:
    answer = service.post("/v1/diff", {"old": SPEC, "new": TWICE})

    assert DiffOut.model_validate_json(answer.content).model_dump(mode="json") == answer.json()


def test_the_faults_of_both_sides_are_told_with_their_side(service: Service) -> None:
    body = {"old": {"plan_id": "ep1_AAAA"}, "new": {**SPEC, "epochs": 0}, "older": 1}

    answer = service.post("/v1/diff", body)

    assert answer.status_code == 422
    assert pointers(answer) == ["/older", "/old/plan_id", "/new/epochs"]


def test_a_side_that_is_missing_is_a_fault(service: Service) -> None:
    assert pointers(service.post("/v1/diff", {"old": SPEC})) == ["/new"]


def test_a_plan_id_that_is_no_text_is_a_fault(service: Service) -> None:
    answer = service.post("/v1/diff", {"old": {"plan_id": 7}, "new": SPEC})

    assert pointers(answer) == ["/old/plan_id"]
    assert answer.json()["errors"][0]["given"] == 7

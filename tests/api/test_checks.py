from app.api.review_schema import CheckOut
from tests.api.calling import LARGEST_PROBLEM, Json, Service, faults, pointers

SPEC: Json = {"dataset_size": 4_096, "global_batch_size": 64, "epochs": 2}


def checked(service: Service, **body: object) -> Json:
    answer = service.post("/v1/check", {"spec": SPEC} | body)
    assert answer.status_code == 200, answer.text
    outcome: Json = answer.json()
    return outcome


def lock_of_a_huge_order(service: Service) -> Json:
    """A lock whose fingerprints cost more than one request may cause."""
    huge = {"dataset_size": 2**40, "micro_batch_size": 64, "epochs": 1, "framework": "pytorch"}
    return {"lock_version": 1, "plan_id": service.plan(**huge)["plan_id"]}


def test_a_sound_spec_passes(service: Service) -> None:
    outcome = checked(service)

    assert outcome == {"passed": True, "problems": [], "plan": service.plan(**SPEC)}


def test_five_faults_of_a_spec_are_five_problems(service: Service) -> None:
    spec = {
        "dataset_size": -1,
        "global_batch_siz": 64,
        "micro_batch_size": "8",
        "epochs": True,
        "remainder": "dropp",
    }

    outcome = checked(service, spec=spec)

    fields = {problem["field"] for problem in outcome["problems"]}
    assert fields >= {f"/{name}" for name in spec}
    assert (outcome["passed"], outcome["plan"]) == (False, None)
    assert {problem["source"] for problem in outcome["problems"]} == {"spec"}


def test_a_spec_keeps_to_its_own_lock(service: Service) -> None:
    lock = service.post("/v1/lock", SPEC).json()

    assert checked(service, lock=lock)["passed"]


def test_an_altered_lock_is_told_beside_the_faults_of_a_spec(service: Service) -> None:
    lock = service.post("/v1/lock", SPEC).json()
    lock["plan"]["total_steps"] = 7

    outcome = checked(service, spec={**SPEC, "epochs": 0}, lock=lock)

    told = {(each["source"], each["field"], each["rule"]) for each in outcome["problems"]}
    assert told == {("spec", "/epochs", None), ("lock", "", "/plan/total_steps")}
    assert (outcome["passed"], outcome["plan"]) == (False, None)


def test_drift_from_a_lock_fails_unless_its_topic_is_allowed(service: Service) -> None:
    lock, spec = service.post("/v1/lock", SPEC).json(), {**SPEC, "data_parallel_size": 8}

    refused = checked(service, spec=spec, lock=lock)
    allowed = checked(service, spec=spec, lock=lock, allow=["geometry"])

    assert {problem["code"] for problem in refused["problems"]} == {"drift-geometry"}
    assert (refused["passed"], allowed["passed"]) == (False, True)


def test_a_policy_and_its_view_of_findings_are_applied(service: Service) -> None:
    spec = {**SPEC, "dataset_size": 4_100}
    policy = {"total_steps": 1, "min_coverage": 1, "findings": {"short-last-step": "error"}}

    outcome = checked(service, spec=spec, policy=policy)

    codes = [problem["code"] for problem in outcome["problems"]]
    assert codes == ["policy-total-steps", "short-last-step"]
    assert not outcome["passed"]


def test_a_check_is_what_the_documentation_says(service: Service) -> None:
    answer = service.post("/v1/check", {"spec": SPEC, "policy": {"total_steps": 1}})

    assert CheckOut.model_validate_json(answer.content).model_dump(mode="json") == answer.json()


def test_a_lock_of_an_order_too_large_to_be_computed_is_refused(service: Service) -> None:
    answer = service.post("/v1/check", {"spec": SPEC, "lock": lock_of_a_huge_order(service)})

    assert (answer.status_code, answer.json()["code"]) == (422, "work-limit-exceeded")


def test_such_a_lock_hides_no_other_fault(service: Service) -> None:
    body = {"spec": {**SPEC, "epochs": 0}, "policy": {"epochs": 0}}

    answer = service.post("/v1/check", body | {"lock": lock_of_a_huge_order(service)})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-check")
    assert pointers(answer) == ["/policy/epochs", "/spec/epochs", "/lock/plan_id"]
    assert faults(answer)[-1]["in"] == "body"


def test_an_answer_does_not_grow_with_what_it_quotes(service: Service) -> None:
    lock = service.post("/v1/lock", SPEC).json()
    lock["plan"]["epoch_kind"] = "x" * 250_000
    lock["y" * 250_000] = 1
    spec = {**SPEC, "z" * 250_000: 1}

    outcomes = [checked(service, lock=lock), checked(service, spec=spec, lock=lock)]

    assert all(len(str(outcome["problems"])) < LARGEST_PROBLEM for outcome in outcomes)
    assert [len(outcome["problems"]) for outcome in outcomes] == [2, 3]


def test_what_cannot_be_printed_is_not_sent_back(service: Service) -> None:
    lock = service.post("/v1/lock", SPEC).json() | {"a\u202eb": 1}

    (problem,) = checked(service, lock=lock)["problems"]

    assert (problem["message"] + problem["rule"]).isprintable()

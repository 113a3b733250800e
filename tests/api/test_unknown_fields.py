"""Members of a body that nothing is known of are named, and what they may stand for."""

from app.api.unknown_fields import unknown_field, unknown_fields
from tests.api.calling import Service

SPEC = {"dataset_size": 100, "micro_batch_size": 10, "epochs": 1}


def test_the_summary_of_a_problem_names_every_unknown_field(service: Service) -> None:
    answer = service.post("/v1/plans", {**SPEC, "epochz": 1, "sampling": {"sede": 1}})

    assert answer.status_code == 422
    assert answer.json()["detail"] == "there is no field sede; there is no field epochz"


def test_a_body_of_one_member_says_which(service: Service) -> None:
    (fault, *_) = service.post("/v1/compare", {"spec": [SPEC, SPEC]}).json()["errors"]

    assert (fault["pointer"], fault["allowed"], fault["nearest"]) == ("/spec", "specs", ["specs"])


def test_a_long_name_is_told_by_its_start() -> None:
    fault = unknown_field("/x", "x" * 500_000, ("epochs", "steps"))

    assert fault.detail == f"there is no field {'x' * 59}…"
    assert fault.nearest == ()


def test_close_names_are_looked_up_for_the_first_members_only() -> None:
    names = [f"epoch{number}" for number in range(100)]

    told = [each.nearest for each in unknown_fields(names, ("epochs", "steps"), "/spec")]

    assert told == [("epochs",)] * 32 + [()] * 68

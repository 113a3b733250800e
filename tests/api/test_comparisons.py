import pytest

from app.api.plan_schema import ComparisonOut
from tests.api.calling import Json, Service, faults, pointers

BASE: Json = {"dataset_size": 2_000, "global_batch_size": 10, "steps_per_epoch": 100, "epochs": 10}
TABLE: list[Json] = [
    {**BASE, "steps_per_epoch": 1_000, "epochs": 1},
    BASE,
    {**BASE, "sampling": {"method": "random_sample"}},
    {**BASE, "sampling": {"method": "with_replacement"}},
]


def compared(service: Service, *specs: object) -> Json:
    answer = service.post("/v1/compare", {"specs": specs})
    assert answer.status_code == 200, answer.text
    comparison: Json = answer.json()
    return comparison


def test_the_question_it_all_began_with_is_answered(service: Service) -> None:
    plans = compared(service, *TABLE)["plans"]

    coverages = [plan["coverage"] for plan in plans]
    assert {(plan["total_steps"], plan["passes"]) for plan in plans} == {(1_000, 5.0)}
    assert [coverage["exact"] for coverage in coverages] == [True, True, False, False]
    assert [round(coverage["fraction"], 5) for coverage in coverages] == [1, 1, 0.99902, 0.99327]


def test_the_answer_says_that_an_epoch_is_only_a_checkpoint(service: Service) -> None:
    explanation = " ".join(compared(service, *TABLE[:2])["explanation"])

    assert "the very same 10000 samples in the same order" in explanation
    assert "only a checkpoint" in explanation


def test_a_comparison_is_what_the_documentation_says(service: Service) -> None:
    answer = service.post("/v1/compare", {"specs": TABLE})

    comparison = ComparisonOut.model_validate_json(answer.content)

    assert comparison.model_dump(mode="json") == answer.json()


def test_plans_come_in_the_order_of_their_specs(service: Service) -> None:
    plans = compared(service, *TABLE)["plans"]

    assert plans == [service.plan(**spec) for spec in TABLE]


def test_plans_of_different_frameworks_are_compared_in_either_order(service: Service) -> None:
    native = {"dataset_size": 100, "micro_batch_size": 2, "epochs": 2}
    torch = {**native, "framework": {"name": "pytorch", "drop_last": True}}

    for specs, shown in (((native, torch), [None, True]), ((torch, native), [True, None])):
        differs = compared(service, *specs)["differs"]

        assert {"field": "/spec/framework/drop_last", "values": shown} in differs


def test_every_field_is_either_the_same_or_differs(service: Service) -> None:
    comparison = compared(service, *TABLE)

    same, differs = comparison["same"], [each["field"] for each in comparison["differs"]]
    assert {*same}.isdisjoint(differs)
    assert {"/total_steps", "/passes", "/spec/dataset_size"} <= {*same}
    assert {"/spec/sampling/method", "/coverage/fraction", "/epochs"} <= {*differs}


def test_differences_have_the_value_of_every_plan(service: Service) -> None:
    comparison = compared(service, *TABLE)

    values = {each["field"]: each["values"] for each in comparison["differs"]}
    assert values["/steps_per_epoch"] == [1_000, 100, 100, 100]
    assert values["/epoch_kind"] == ["virtual", "virtual", "virtual", "draws"]


def test_equal_specs_differ_in_nothing(service: Service) -> None:
    comparison = compared(service, BASE, {**BASE, "micro_batch_size": 10})

    assert comparison["differs"] == []


@pytest.mark.parametrize("count", [2, 16])
def test_two_to_sixteen_specs_can_be_compared(service: Service, count: int) -> None:
    comparison = compared(service, *[BASE] * count)

    assert len(comparison["plans"]) == count


@pytest.mark.parametrize(
    ("specs", "given"), [([], 0), ([BASE], 1), ([BASE] * 17, 17), (None, None), ("two", "two")]
)
def test_any_other_number_of_specs_is_refused(
    service: Service, specs: object, given: object
) -> None:
    answer = service.post("/v1/compare", {"specs": specs})

    (fault,) = faults(answer)
    assert (fault["pointer"], fault["given"]) == ("/specs", given)


def test_specs_that_are_missing_are_named(service: Service) -> None:
    answer = service.post("/v1/compare", {"spec": [BASE, BASE], "a/b~c": 1})

    assert answer.status_code == 422
    assert pointers(answer) == ["/spec", "/a~1b~0c", "/specs"]


def test_every_fault_of_every_spec_is_named_with_its_place(service: Service) -> None:
    specs = [{**BASE, "dataset_size": 0, "steps": 3}, BASE, {**BASE, "remainder": "keep"}, 7]

    answer = service.post("/v1/compare", {"specs": specs})

    assert answer.status_code == 422
    assert {fault["in"] for fault in faults(answer)} == {"body"}
    assert pointers(answer) == [
        "/specs/0/dataset_size",
        "/specs/0/epochs",
        "/specs/0/steps",
        "/specs/2/remainder",
        "/specs/3",
    ]


def test_a_comparison_takes_no_parameters(service: Service) -> None:
    answer = service.post("/v1/compare?explain=no", {"specs": TABLE})

    assert (answer.status_code, faults(answer)[0]["in"]) == (422, "query")

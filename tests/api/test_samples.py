import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.manifest_schema import OccurrencesOut
from app.arithmetic.spec import TrainingSpec
from app.plan.facts import spec_facts
from tests.api.calling import Json, Service, faults, pointers
from tests.strategies import specs

SPEC: Json = {"dataset_size": 10, "global_batch_size": 4, "epochs": 9, "remainder": "drop"}


@pytest.fixture(scope="module")
def samples(service: Service) -> str:
    links = service.plan(**SPEC)["links"]
    return str(links["samples"].removesuffix("{sample_index}"))


@settings(max_examples=60)
@given(spec=specs(most=30), data=st.data())
def test_the_manifest_has_the_sample_where_it_is_said_to_be(
    service: Service, spec: TrainingSpec, data: st.DataObject
) -> None:
    plan_id = service.plan(**spec_facts(spec))["plan_id"]
    sample_index = data.draw(st.integers(0, spec.dataset_size - 1))

    answer = service.get(f"/v1/plans/{plan_id}/samples/{sample_index}?stop_epoch=1")

    for use in OccurrencesOut.model_validate_json(answer.content).occurrences[:5]:
        step = f"start_step={use.step_in_epoch}&stop_step={use.step_in_epoch + 1}"
        url = f"/v1/plans/{plan_id}/epochs/{use.epoch}/manifest?rank={use.rank}&{step}"
        (micro_steps,) = service.read(f"{url}&group=micro_step")["sample_indices"]
        assert micro_steps[use.micro_step][use.slot] == sample_index


def test_every_epoch_has_a_use_or_is_absent(service: Service, samples: str) -> None:
    found = service.read(f"{samples}3")

    used = {use["epoch"] for use in found["occurrences"]}
    assert used | {*found["absent_epochs"]} == {*range(9)}
    assert (found["start_epoch"], found["stop_epoch"], found["next"]) == (0, 9, None)


def test_the_answer_is_what_the_documentation_says(service: Service, samples: str) -> None:
    answer = service.get(f"{samples}3")

    found = OccurrencesOut.model_validate_json(answer.content)

    assert found.model_dump() == answer.json()


@pytest.mark.parametrize(
    "query", ["", "?start_epoch=2", "?start_epoch=1&stop_epoch=8", "?stop_epoch=3"]
)
def test_next_leads_through_everything(service: Service, samples: str, query: str) -> None:
    whole = service.read(f"{samples}3{query}")
    small = Service(page_occurrences=2)
    url: str | None = f"{samples}3{query}"
    uses: list[Json] = []
    absent: list[int] = []

    while url is not None:
        page = small.read(url)
        assert len(page["occurrences"]) + len(page["absent_epochs"]) <= 2
        uses += page["occurrences"]
        absent += page["absent_epochs"]
        url = page["next"]

    assert (uses, absent) == (whole["occurrences"], whole["absent_epochs"])


def test_no_epochs_are_no_occurrences(service: Service, samples: str) -> None:
    found = service.read(f"{samples}3?start_epoch=9")

    assert (found["occurrences"], found["absent_epochs"], found["next"]) == ([], [], None)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("10", [9]), ("9" * 40, [9]), ("-1", []), ("1.0", []), ("007", []), ("x", []), ("9" * 41, [])],
)
def test_a_sample_that_there_is_not_is_a_404(
    service: Service, samples: str, written: str, nearest: list[int]
) -> None:
    answer = service.get(samples + written)

    (fault,) = faults(answer)
    assert answer.status_code == 404
    assert (fault["in"], fault["pointer"], fault["nearest"]) == ("path", "/sample_index", nearest)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("start_epoch=10&stop_epoch=99", {"/start_epoch": [9], "/stop_epoch": [9]}),
        ("start_epoch=5&stop_epoch=4", {"/stop_epoch": [5]}),
        ("start_epoch=a&stop_epoch=-1", {"/start_epoch": [], "/stop_epoch": []}),
        ("start_epoch=1&start_epoch=1&epoch=3", {"/start_epoch": [], "/epoch": ["stop_epoch"]}),
        ("start_epoch=x&stop_epoch=99", {"/start_epoch": [], "/stop_epoch": [9]}),
    ],
)
def test_every_fault_is_named_at_once_and_no_other(
    service: Service, samples: str, query: str, expected: dict[str, list[object]]
) -> None:
    answer = service.get(f"{samples}3?{query}")

    assert answer.status_code == 422
    assert {fault["in"] for fault in faults(answer)} == {"query"}
    assert {fault["pointer"]: fault["nearest"] for fault in faults(answer)} == expected


def test_a_search_above_the_limit_is_refused(service: Service) -> None:
    plan = service.plan(
        dataset_size=10**12,
        global_batch_size=1,
        epochs=1,
        sampling={"method": "with_replacement"},
    )

    answer = service.get(f"/v1/plans/{plan['plan_id']}/samples/3")

    assert (answer.status_code, pointers(answer)) == (422, ["/start_epoch"])
    assert faults(answer)[0]["code"] == "search-too-long"


def test_a_sample_of_the_largest_dataset_is_found_at_once(service: Service) -> None:
    plan = service.plan(dataset_size=2**63 - 1, global_batch_size=2**20, epochs=3)

    found = service.read(f"/v1/plans/{plan['plan_id']}/samples/{2**62}")

    assert [use["epoch"] for use in found["occurrences"]] == [0, 1, 2]


def test_an_answer_depends_on_sample_epochs_and_limits(service: Service, samples: str) -> None:
    others = [Service(page_occurrences=2).get(f"{samples}3")]
    others += [
        service.get(samples + rest) for rest in ("3", "4", "3?start_epoch=1", "3?stop_epoch=1")
    ]

    etags = {answer.headers["etag"] for answer in others}

    assert len(etags) == len(others)
    assert service.get(f"{samples}3?stop_epoch=9").headers["etag"] in etags

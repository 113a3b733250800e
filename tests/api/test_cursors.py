import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.plan_schema import CursorOut
from app.arithmetic.spec import TrainingSpec
from app.plan.facts import spec_facts
from tests.api.calling import Service, faults, pointers
from tests.strategies import specs

SPEC = {"dataset_size": 100, "global_batch_size": 30, "epochs": "2.5"}
WAYS = ["step=5", "consumed_samples=130", "epoch=1&step_in_epoch=1", "epoch=1&step_in_epoch=1"]


@pytest.fixture(scope="module")
def cursor(service: Service) -> str:
    """Four steps an epoch, the last one of 10 samples; the run ends in the middle of epoch 2."""
    return str(service.plan(**SPEC)["links"]["cursor"])


@settings(max_examples=60)
@given(spec=specs(), data=st.data())
def test_all_three_ways_lead_to_the_same_point(
    service: Service, spec: TrainingSpec, data: st.DataObject
) -> None:
    plan = service.plan(**spec_facts(spec))
    url = plan["links"]["cursor"]
    step = data.draw(st.integers(0, min(plan["total_steps"], 10**40 - 1)))

    point = service.read(f"{url}?step={step}")

    epoch, step_in_epoch = point["epoch"], point["step_in_epoch"]
    assert service.read(f"{url}?consumed_samples={point['consumed_samples']}") == point
    assert service.read(f"{url}?epoch={epoch}&step_in_epoch={step_in_epoch}") == point


@settings(max_examples=60)
@given(spec=specs(), data=st.data())
def test_what_is_done_and_what_remains_are_the_whole_run(
    service: Service, spec: TrainingSpec, data: st.DataObject
) -> None:
    plan = service.plan(**spec_facts(spec))
    step = data.draw(st.integers(0, plan["total_steps"]))

    answer = service.get(f"{plan['links']['cursor']}?step={step}")

    point = CursorOut.model_validate_json(answer.content)
    assert point.step + point.remaining_steps == plan["total_steps"]
    assert point.consumed_samples + point.remaining_samples == plan["total_samples"]
    assert point.done == (step == plan["total_steps"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("step=0", {"epoch": 0, "step_in_epoch": 0, "consumed_samples": 0, "pass": 0}),
        ("step=3", {"epoch": 0, "step_in_epoch": 3, "consumed_samples": 90, "pass_position": 90}),
        ("step=4", {"epoch": 1, "step_in_epoch": 0, "consumed_samples": 100, "pass": 1}),
        ("epoch=0&step_in_epoch=4", {"epoch": 1, "step_in_epoch": 0, "step": 4}),
        ("step=10", {"epoch": 2, "step_in_epoch": 2, "done": True, "remaining_steps": 0}),
        ("consumed_samples=260", {"step": 10, "remaining_samples": 0}),
    ],
)
def test_a_cursor_has_the_numbers_that_were_worked_out_by_hand(
    service: Service, cursor: str, query: str, expected: dict[str, object]
) -> None:
    point = service.read(f"{cursor}?{query}")

    assert {name: point[name] for name in expected} == expected


def test_virtual_epochs_tell_where_they_stand_in_their_pass(service: Service) -> None:
    plan = service.plan(dataset_size=100, global_batch_size=30, steps_per_epoch=2, epochs=9)

    point = service.read(f"{plan['links']['cursor']}?step=5")

    assert (point["epoch"], point["pass"], point["pass_position"]) == (2, 1, 50)


@pytest.mark.parametrize("method", ["random_sample", "with_replacement"])
def test_methods_without_passes_have_none_to_tell(service: Service, method: str) -> None:
    plan = service.plan(
        dataset_size=100,
        global_batch_size=30,
        steps_per_epoch=2,
        epochs=9,
        sampling={"method": method},
    )

    point = service.read(f"{plan['links']['cursor']}?step=5")

    assert (point["pass"], point["pass_position"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "pointer", "nearest"),
    [
        ("step=11", "/step", [10]),
        ("consumed_samples=95", "/consumed_samples", [90, 100]),
        ("consumed_samples=261", "/consumed_samples", [260]),
        ("epoch=3&step_in_epoch=0", "/epoch", [2]),
        ("epoch=0&step_in_epoch=5", "/step_in_epoch", [4]),
        ("epoch=2&step_in_epoch=3", "/step_in_epoch", [2]),
    ],
)
def test_a_point_that_is_none_is_refused_with_the_nearest_ones(
    service: Service, cursor: str, query: str, pointer: str, nearest: list[int]
) -> None:
    answer = service.get(f"{cursor}?{query}")

    (fault,) = faults(answer)
    assert answer.status_code == 422
    assert (fault["in"], fault["pointer"], fault["nearest"]) == ("query", pointer, nearest)


@pytest.mark.parametrize(
    "query",
    ["step=1&consumed_samples=30", "epoch=1", "step_in_epoch=1", "step=1&epoch=0&step_in_epoch=1"],
)
def test_more_or_less_than_one_point_is_ambiguous(
    service: Service, cursor: str, query: str
) -> None:
    answer = service.get(f"{cursor}?{query}")

    assert (answer.status_code, faults(answer)[0]["code"]) == (422, "cursor-ambiguous")


def test_no_point_at_all_is_missing(service: Service, cursor: str) -> None:
    answer = service.get(cursor)

    (fault,) = faults(answer)
    assert (fault["code"], fault["given"]) == ("cursor-missing", None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("step=-1&stp=2", ["/stp", "/step"]),
        ("epoch=x&step_in_epoch=0x1", ["/epoch", "/step_in_epoch"]),
        ("step=1&step=2", ["/step"]),
        ("epoch=9&step_in_epoch=9", ["/epoch", "/step_in_epoch"]),
        ("stp=2", ["/stp", "/step"]),
    ],
)
def test_every_fault_of_the_query_is_named_and_no_other(
    service: Service, cursor: str, query: str, expected: list[str]
) -> None:
    answer = service.get(f"{cursor}?{query}")

    assert (answer.status_code, pointers(answer)) == (422, expected)


def test_one_point_has_one_etag_however_it_is_asked_for(service: Service, cursor: str) -> None:
    etags = {service.get(f"{cursor}?{way}").headers["etag"] for way in WAYS}

    assert len(etags) == 1
    assert service.get(f"{cursor}?step=6").headers["etag"] not in etags

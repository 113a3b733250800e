from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.plan_schema import PlanOut
from app.arithmetic.draft import SpecDraft
from tests.api.calling import Json, Service, body_of, faults, pointers, query_of
from tests.strategies import specs, writings

DIGITS = {"dataset_size": 1_797, "global_batch_size": 32, "epochs": 2}


@st.composite
def drafts(draw: st.DrawFn) -> tuple[SpecDraft, SpecDraft]:
    """Two writings of one spec."""
    spec = draw(specs())
    return draw(writings(spec)), draw(writings(spec))


@settings(max_examples=60)
@given(written=drafts())
def test_body_query_and_plan_id_all_give_the_same_plan(
    service: Service, written: tuple[SpecDraft, SpecDraft]
) -> None:
    one, other = (body_of(draft) for draft in written)

    plan = service.plan(**one)

    assert service.read(f"/v1/plans?{query_of(other)}") == plan
    assert service.read(plan["links"]["self"]) == plan


@settings(max_examples=60)
@given(written=drafts())
def test_posting_the_spec_of_a_plan_gives_that_plan(
    service: Service, written: tuple[SpecDraft, SpecDraft]
) -> None:
    plan = service.plan(**body_of(written[0]))

    again = service.plan(**plan["spec"])

    assert again == plan


@settings(max_examples=60)
@given(written=drafts())
def test_every_plan_is_what_the_documentation_says(
    service: Service, written: tuple[SpecDraft, SpecDraft]
) -> None:
    answer = service.get(f"/v1/plans?{query_of(body_of(written[0]))}")

    plan = PlanOut.model_validate_json(answer.content)

    assert plan.model_dump(mode="json") == answer.json()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"dataset_size": 20_000, "global_batch_size": 100, "epochs": 1},
            {"total_steps": 200, "last_step_samples": 100},
        ),
        (
            {"dataset_size": 2_000, "global_batch_size": 10, "epochs": 1},
            {"total_steps": 200, "steps_per_epoch": 200},
        ),
        (
            {"dataset_size": 1_281_167, "global_batch_size": 256, "epochs": 1},
            {"steps_per_epoch": 5_005, "last_step_samples": 143},
        ),
        (
            {
                "dataset_size": 1_281_167,
                "global_batch_size": 256,
                "epochs": 1,
                "remainder": "drop",
            },
            {"steps_per_epoch": 5_004, "dropped_samples_per_epoch": 143},
        ),
        (
            {"dataset_size": 1_281_167, "global_batch_size": 256, "epochs": 1, "remainder": "pad"},
            {"steps_per_epoch": 5_005, "padded_samples_per_epoch": 113},
        ),
        (
            {
                "dataset_size": 10**6,
                "global_batch_size": 32,
                "steps_per_epoch": 1_000,
                "epochs": 1,
                "sampling": {"method": "random_sample"},
            },
            {"coverage": {"distinct_samples": 32_000, "fraction": 0.032, "exact": True}},
        ),
        (
            {"dataset_size": 1_000, "global_batch_size": 64, "samples": 6_401},
            {"total_steps": 103},
        ),
        (
            {
                "dataset_size": 1_000,
                "global_batch_size": 64,
                "samples": 6_401,
                "remainder": "pad",
            },
            {"total_steps": 101},
        ),
    ],
)
def test_plans_have_the_numbers_that_were_worked_out_by_hand(
    service: Service, spec: Json, expected: Json
) -> None:
    plan = service.plan(**spec)

    assert {name: plan[name] for name in expected} == expected


@pytest.mark.parametrize("size", [1, 2, 2**31 - 1, 2**31 + 1, 2**32 - 1, 2**32 + 1, 2**63 - 1])
@pytest.mark.parametrize("remainder", ["keep", "drop"])
def test_totals_are_exact_at_the_edges_of_integers(
    service: Service, size: int, remainder: str
) -> None:
    plan = service.plan(dataset_size=size, global_batch_size=1, epochs=3, remainder=remainder)

    assert (plan["steps_per_epoch"], plan["total_samples"]) == (size, 3 * size)


@pytest.mark.parametrize(("remainder", "last"), [("keep", 10), ("pad", 64)])
def test_a_global_batch_may_be_larger_than_the_dataset(
    service: Service, remainder: str, last: int
) -> None:
    plan = service.plan(dataset_size=10, global_batch_size=64, epochs=2, remainder=remainder)

    assert (plan["total_steps"], plan["last_step_samples"]) == (2, last)


def test_a_dropped_batch_larger_than_the_dataset_leaves_nothing_to_run(service: Service) -> None:
    answer = service.get("/v1/plans?dataset_size=10&global_batch_size=64&epochs=2&remainder=drop")

    assert answer.status_code == 422
    assert [(fault["code"], fault["in"]) for fault in faults(answer)] == [
        ("no-step-to-run", "query")
    ]


@pytest.mark.parametrize(
    ("epochs", "total"),
    [("2.5", 143), ("0.001", 1), (b"2.50", 143), (b"25e-1", 143), ("1.000000000000001", 58)],
)
def test_fractional_epochs_are_taken_by_their_digits(
    service: Service, epochs: Any, total: int
) -> None:
    written = epochs if isinstance(epochs, bytes) else b'"%b"' % epochs.encode()
    body = b'{"dataset_size": 1797, "global_batch_size": 32, "epochs": %b}' % written

    answer = service.post("/v1/plans", body)

    assert answer.json()["total_steps"] == total


def test_fields_that_are_null_count_as_left_out(service: Service) -> None:
    absent = dict.fromkeys(("steps", "micro_batch_size", "steps_per_epoch", "remainder"))

    plan = service.plan(**DIGITS, **absent)

    assert plan == service.plan(**DIGITS)


@pytest.mark.parametrize(
    "framework", ["native", {"name": "native"}, {"name": "native", "version": None}]
)
def test_a_framework_may_be_a_name_or_an_object(service: Service, framework: object) -> None:
    plan = service.plan(**DIGITS, framework=framework)

    assert plan["spec"]["framework"] == {"name": "native", "version": "1"}


def test_the_links_of_a_plan_lead_somewhere(service: Service) -> None:
    links = service.plan(**DIGITS)["links"]

    urls = [link.format(epoch=1, sample_index=5) for link in links.values()]
    urls = [url + ("?step=0" if url.endswith("/cursor") else "") for url in urls]

    assert [service.get(url).status_code for url in urls] == [200] * len(links)


def test_both_ways_to_get_a_plan_share_one_etag(service: Service) -> None:
    by_query = service.get(f"/v1/plans?{query_of(DIGITS)}")

    by_name = service.get(by_query.json()["links"]["self"])

    assert by_query.headers["etag"] == by_name.headers["etag"]
    assert by_query.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("url", ["/v1/plans?seed=1", "/v1/plans?epochs=1"])
def test_a_posted_spec_takes_no_parameters_beside(service: Service, url: str) -> None:
    answer = service.post(url, DIGITS)

    assert answer.status_code == 422
    assert faults(answer)[0]["in"] == "query"


def test_a_plan_takes_no_parameters(service: Service) -> None:
    answer = service.get(service.plan(**DIGITS)["links"]["self"] + "?verbose=1")

    assert (answer.status_code, pointers(answer)) == (422, ["/verbose"])

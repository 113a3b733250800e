"""Plans that a client holds already."""

from collections.abc import Callable
from typing import NoReturn

import pytest

from app.api.rendering import release_etag
from tests.api.calling import Service, faults

SPEC = {"dataset_size": 4_242, "global_batch_size": 21, "epochs": 3}


def refuse_to_plan(_plan_id: str) -> NoReturn:
    raise AssertionError


def etag_of(plan_id: str) -> str:
    """The tag that the plan of this name would have."""
    return release_etag("plan", plan_id)


def test_a_plan_that_the_client_holds_is_not_planned_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = service.plan(**SPEC)["links"]["self"]
    etag = service.get(url).headers["etag"]
    monkeypatch.setattr("app.api.plans.plan_named", refuse_to_plan)

    answer = service.get(url, if_none_match=etag)

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda plan_id: plan_id[:-1], "plan-id-damaged"),
        (lambda plan_id: plan_id.replace("ep1_", "ep2_"), "plan-id-version-unknown"),
        (lambda plan_id: plan_id + "A" * 2_048, "plan-id-too-long"),
        (lambda _: "seven", "plan-id-malformed"),
    ],
    ids=["cut", "version", "length", "form"],
)
def test_a_name_of_no_plan_is_not_found_whatever_the_client_holds(
    service: Service, damage: Callable[[str], str], code: str
) -> None:
    plan_id = damage(service.plan(**SPEC)["plan_id"])

    answer = service.get(f"/v1/plans/{plan_id}", if_none_match=etag_of(plan_id))

    assert (answer.status_code, faults(answer)[0]["code"]) == (404, code)


def test_whatever_a_client_holds_of_a_name_of_no_plan_is_no_plan(service: Service) -> None:
    answer = service.get("/v1/plans/seven", if_none_match="*")

    assert answer.status_code == 404

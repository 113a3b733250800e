from collections.abc import Callable

import httpx
import pytest

from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError
from app.cli.refusals import RefusedError
from tests.running import free_port

Answers = Callable[[httpx.Request], httpx.Response]
SMALL = {"dataset_size": 7, "micro_batch_size": 2, "epochs": 1}
PROBLEM = {"content-type": "application/problem+json"}


def link_to(answers: Answers) -> PlannerLink:
    return PlannerLink("http://there/base", transport=httpx.MockTransport(answers))


def failure_of(link: PlannerLink, path: str = "/v1/plans") -> str:
    with link, pytest.raises(FailedError) as failure:
        link.read("POST", path, body={"steps": 1}, holding={"total_steps": int})
    return failure.value.problems[0].code


def test_the_service_in_this_process_answers() -> None:
    with PlannerLink(None) as link:
        plan = link.read("POST", "/v1/plans", body=SMALL, holding={})

    assert str(plan["plan_id"]).startswith("ep1_")


def test_a_failure_of_the_service_in_this_process_hides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_given: object, **_named: object) -> object:
        message = "a bug"
        raise RuntimeError(message)

    monkeypatch.setattr("app.api.plans.plan_draft", failing)

    with PlannerLink(None) as link, pytest.raises(RuntimeError, match="a bug"):
        link.read("POST", "/v1/plans", body=SMALL, holding={})


def test_a_body_goes_out_as_json_below_the_path_of_the_url() -> None:
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    with link_to(answers) as link:
        link.read("POST", "/v1/plans", body={"steps": 1}, query={"a": "b"}, holding={})

    assert str(seen[0].url) == "http://there/base/v1/plans?a=b"
    assert (seen[0].headers["content-type"], seen[0].content) == (
        "application/json",
        b'{"steps":1}',
    )


def test_settings_that_are_not_valid_end_the_service_in_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EPOCHPLAN_PORT", "x")

    with pytest.raises(FailedError) as failure:
        PlannerLink(None)

    assert failure.value.problems[0].code == "invalid-settings"


@pytest.mark.parametrize(
    "url",
    [
        "there",
        "ftp://there",
        "http://",
        "http://[::1",
        "http://there:x",
        "http://there:99999",
        "http://a b\x00",
    ],
)
def test_what_is_no_url_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(FailedError) as failure:
        PlannerLink(url)

    assert failure.value.problems[0].code == "not-a-url"


def test_no_message_holds_the_password_of_a_url() -> None:
    with PlannerLink("http://me:secret@there:80/base") as link:
        assert link.place == "http://there/base"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://there"),
        ("HTTP_PROXY", "there:port"),
        ("HTTP_PROXY", "gopher://there"),
        ("SSL_CERT_FILE", "/no/where"),
    ],
)
def test_an_environment_that_names_no_way_there_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(FailedError, match="http://there cannot be asked with") as failure:
        PlannerLink("http://there")

    assert failure.value.problems[0].code == "illegal-environment"


def test_nobody_at_the_port_is_told() -> None:
    link = PlannerLink(f"http://127.0.0.1:{free_port()}")

    assert failure_of(link) == "service-unreachable"


def test_an_answer_that_is_no_http_is_told() -> None:
    def answers(_request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("peer closed connection")

    assert failure_of(link_to(answers)) == "answer-broken"


def test_silence_is_told() -> None:
    def answers(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    assert failure_of(link_to(answers)) == "service-timeout"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>", headers={"content-type": "text/html"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"total_steps": "7"}),
        httpx.Response(200, text='{"total_steps": 7, "passes": NaN}'),
        httpx.Response(200, text='{"total_steps": 7, "plan_id": "\\ud800"}'),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(302, headers={"location": "http://elsewhere"}),
        httpx.Response(502, text="bad gateway"),
        httpx.Response(500, text="not json", headers=PROBLEM),
    ],
)
def test_another_service_is_told(answer: httpx.Response) -> None:
    assert failure_of(link_to(lambda _request: answer)) == "not-this-service"


@pytest.mark.parametrize("version", [httpx.Response(200, json={"service_version": "0.0.9"}), None])
def test_a_service_without_the_path_is_another_release(version: httpx.Response | None) -> None:
    missing = httpx.Response(404, json={"code": "no-such-path", "errors": []}, headers=PROBLEM)

    def answers(request: httpx.Request) -> httpx.Response:
        found = version if request.url.path.endswith("/version") else None
        return found or missing

    with link_to(answers) as link, pytest.raises(FailedError) as failure:
        link.read("POST", "/v1/lock", holding={})

    (problem,) = failure.value.problems
    assert problem.code == "service-outdated"
    assert f"(release {'0.0.9' if version else '?'}) has no POST /base/v1/lock" in problem.message


def test_a_refusal_keeps_every_fault() -> None:
    with PlannerLink(None) as link, pytest.raises(RefusedError) as refusal:
        link.read("POST", "/v1/plans", body={"dataset_size": 0, "epoch": 1}, holding={})

    assert (refusal.value.status, refusal.value.code) == (422, "invalid-spec")
    assert {problem.field for problem in refusal.value.problems} >= {"/dataset_size", "/epoch"}


def test_a_refusal_without_faults_tells_its_detail() -> None:
    document = {"code": "too-busy", "detail": "The service is busy", "errors": []}
    answer = httpx.Response(503, json=document, headers=PROBLEM)

    with link_to(lambda _request: answer) as link, pytest.raises(RefusedError) as refusal:
        link.read("GET", "/v1/plans", holding={})

    assert [problem.message for problem in refusal.value.problems] == ["The service is busy"]

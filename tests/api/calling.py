"""The service as a client sees it, in this process and without a socket."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI

from app.arithmetic.draft import SpecDraft
from app.arithmetic.written import written_amount
from app.main import create_app
from app.settings import Settings
from app.web.problem_schema import Problem
from tests.web.asking import ask

Json = dict[str, Any]

PROBLEM = "application/problem+json"
LARGEST_PROBLEM = 65_536


class Service:
    """One application; every answer above 399 is checked to be a problem."""

    def __init__(self, **settings: Any) -> None:
        self.app: FastAPI = create_app(Settings(**settings))

    def ask(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        answer = ask(self.app, method, url, headers=headers, content=content)
        if answer.is_error:
            check_problem(answer)
        return answer

    def get(self, url: str, **headers: str) -> httpx.Response:
        """Headers are keywords, with underscores: if_none_match="*"."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", url, headers=named)

    def post(self, url: str, body: object) -> httpx.Response:
        """A body of bytes is sent as it is, any other as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        return self.ask("POST", url, content=content, headers=headers)

    def read(self, url: str, **headers: str) -> Any:
        """The JSON of an answer that must be a success."""
        answer = self.get(url, **headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def plan(self, **spec: object) -> Json:
        answer = self.post("/v1/plans", spec)
        assert answer.status_code == httpx.codes.OK, answer.text
        plan: Json = answer.json()
        return plan

    def epoch(self, epoch: int = 0, **spec: object) -> str:
        """Where the manifest and the digest of an epoch of a new plan are."""
        return f"/v1/plans/{self.plan(**spec)['plan_id']}/epochs/{epoch}"


def check_problem(answer: httpx.Response) -> None:
    """Everything that every refusal keeps to."""
    problem = Problem.model_validate_json(answer.content, strict=True)
    assert answer.headers["content-type"] == PROBLEM
    assert problem.status == answer.status_code
    assert problem.type.endswith(f":{problem.code}")
    assert len(answer.content) < LARGEST_PROBLEM
    for fault in problem.errors:
        assert fault.detail
        assert fault.allowed
        assert fault.pointer == "" or fault.pointer.startswith("/")


def faults(answer: httpx.Response) -> list[Json]:
    """The faults of a refusal."""
    listed: list[Json] = answer.json()["errors"]
    return listed


def pointers(answer: httpx.Response) -> list[str]:
    return [fault["pointer"] for fault in faults(answer)]


def body_of(draft: SpecDraft) -> Json:
    """A draft as the JSON object that a client sends."""
    fields = {name: getattr(draft, name) for name in SpecDraft.__dataclass_fields__}
    del fields["malformed"]
    body = {name: _plain(value) for name, value in fields.items() if value is not None}
    body["sampling"] = {"method": str(draft.sampling.method), "seed": draft.sampling.seed}
    body["framework"] = {"name": draft.framework.name, "version": draft.framework.version}
    return body


def query_of(body: Mapping[str, Any]) -> str:
    """The same as a query, nested fields dotted."""
    flat = {name: value for name, value in body.items() if not isinstance(value, dict)}
    flat |= {f"sampling.{name}": value for name, value in body.get("sampling", {}).items()}
    framework = body.get("framework", {})
    flat |= {"framework": framework["name"]} if "name" in framework else {}
    flat |= {"framework.version": framework["version"]} if "version" in framework else {}
    return urlencode({name: value for name, value in flat.items() if value is not None})


def _plain(value: object) -> object:
    return written_amount(value) if isinstance(value, Fraction) else value

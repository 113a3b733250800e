"""The way to a service: one elsewhere over HTTP, or the same application in this process."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Final, Self, cast

import httpx

from app.cli.json_text import json_text, read_json
from app.cli.loading import load
from app.cli.problem import failure
from app.cli.refusals import RefusedError, text_of
from app.web.echo import clean

SECONDS_TO_CONNECT: Final = 10.0
SECONDS_TO_ANSWER: Final = 300.0
"""Longest silence within an answer: a digest computes for minutes before its first byte."""

_IN_PROCESS: Final = "http://epochplan.invalid"
_NO_ROUTE: Final = {"no-such-path", "method-not-allowed"}
_SNIPPET: Final = 60
_LAST_PORT: Final = 65_535


class PlannerLink:
    """Asks one service; to be entered and left as a context.

    Every answer is read whole, so large ones are asked for in pieces.

    Attributes:
        place: What the service is called in messages.
    """

    def __init__(
        self, url: str | None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.place = "the service in this process" if url is None else _shown(url)
        self._stack = ExitStack()
        self._runner = asyncio.Runner()
        within = url is None and transport is None
        self._client = self._connected(
            url or _IN_PROCESS, self._application() if within else transport, trust_env=not within
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack, self._runner:
            self._runner.run(self._client.aclose())

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to one request, whatever its status.

        Raises:
            FailedError: Nobody answers, not in time, or not to the end.
        """
        content = None if body is None else json_text(body).encode()
        named = dict(headers or {})
        if content is not None:
            named["content-type"] = "application/json"
        request = self._client.build_request(
            method, path, content=content, params=dict(query) if query else None, headers=named
        )
        try:
            return self._runner.run(self._client.send(request))
        except httpx.TimeoutException as error:
            message = f"{self.place} does not answer in time ({type(error).__name__})"
            raise failure(source="service", code="service-timeout", message=message) from error
        except httpx.NetworkError as error:
            message = f"{self.place} cannot be reached: {error} ({type(error).__name__})"
            raise failure(source="service", code="service-unreachable", message=message) from error
        except httpx.HTTPError as error:
            message = f"the answer of {self.place} broke off or is no HTTP: {error}"
            raise failure(source="service", code="answer-broken", message=message) from error

    def read(
        self,
        method: str,
        path: str,
        *,
        holding: Mapping[str, type],
        body: object = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, object]:
        """The JSON object that answers a request.

        Args:
            method: Of HTTP.
            path: Below the URL of the service.
            holding: Members that the answer of any release has, and their types.
            body: Sent as JSON.
            query: Parameters.

        Raises:
            RefusedError: The service refuses, and says why.
            FailedError: There is no answer, or none of this service.
        """
        answer = self.ask(method, path, body=body, query=query)
        self.check(answer)
        document = self._object(answer)
        if all(isinstance(document.get(name), kind) for name, kind in holding.items()):
            return document
        raise self._strange(answer)

    def check(self, answer: httpx.Response) -> None:
        """Refuse an answer that is no success.

        Raises:
            RefusedError: The service refuses, and says why.
            FailedError: It is too old to know the path, or is another service.
        """
        if answer.is_success:
            return
        if "problem+json" not in answer.headers.get("content-type", ""):
            raise self._strange(answer)
        document = self._object(answer)
        if text_of(document, "code") in _NO_ROUTE:
            raise self._outdated(answer)
        raise RefusedError(answer.status_code, document)

    def _object(self, answer: httpx.Response) -> dict[str, object]:
        try:
            document = read_json(answer.content)
        except (ValueError, RecursionError) as error:
            raise self._strange(answer) from error
        if not isinstance(document, dict):
            raise self._strange(answer)
        return cast("dict[str, object]", document)

    def _outdated(self, answer: httpx.Response) -> Exception:
        asked = f"{answer.request.method} {clean(answer.request.url.path)}"
        version = self.ask("GET", "/version")
        release = text_of(self._object(version), "service_version") if version.is_success else "?"
        message = (
            f"{self.place} (release {release}) has no {asked}: it is another release than this"
        )
        return failure(source="service", code="service-outdated", message=message)

    def _strange(self, answer: httpx.Response) -> Exception:
        kind = clean(answer.headers.get("content-type", "no content type"))
        start = clean(answer.text[:_SNIPPET])
        message = (
            f"{self.place} answers {answer.status_code} with {kind}, not as this service does: "
            f"{start}"
        )
        return failure(source="service", code="not-this-service", message=message)

    def _connected(
        self, url: str, transport: httpx.AsyncBaseTransport | None, *, trust_env: bool
    ) -> httpx.AsyncClient:
        try:
            return httpx.AsyncClient(
                base_url=url,
                transport=transport,
                timeout=httpx.Timeout(SECONDS_TO_ANSWER, connect=SECONDS_TO_CONNECT),
                trust_env=trust_env,
            )
        except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
            message = (
                f"{self.place} cannot be asked with the proxies or certificates that variables "
                f"of the environment name (HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE, ...): {error}"
            )
            raise failure(source="service", code="illegal-environment", message=message) from error

    def _application(self) -> httpx.ASGITransport:
        # imported here: a command that asks a service elsewhere need not load one
        assembly = load("app.assembly")
        settings = load("app.settings")
        try:
            app = assembly.create_unserved_app(settings.Settings.from_environment())
        except settings.InvalidSettingsError as error:
            raise failure(source="service", code="invalid-settings", message=str(error)) from error
        self._stack.callback(app.state.pool.close)
        return httpx.ASGITransport(app)


def _shown(url: str) -> str:
    """A URL as messages have it: checked, and without the password that may be in it."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    is_port = address.port is None or 0 < address.port <= _LAST_PORT
    if address.scheme not in {"http", "https"} or not address.host or not is_port:
        message = f"{clean(url)} is not the URL of a service, such as http://localhost:8000"
        raise failure(source="service", code="not-a-url", message=message)
    return str(address.copy_with(userinfo=b""))

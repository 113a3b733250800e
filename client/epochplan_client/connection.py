"""The way to one service: connections that are kept, per process, and answers that are checked."""

import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import finalize

import httpx

from epochplan_client.errors import EpochplanError, InvalidArgumentError, UnexpectedAnswerError
from epochplan_client.persistence import Deadline, Pause, Persistence, TemporaryError, persist
from epochplan_client.problems import document_of, error_of, may_pass
from epochplan_client.session import Session

_CONNECT_SECONDS: Final = 5.0
_SHORTEST_SECONDS: Final = 0.05
_ENCODINGS: Final = {"accept-encoding": "identity"}
_MOST_BYTES: Final = 2**26

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of the service.

    Attributes:
        method: GET, HEAD or POST.
        path: Below the address of the service, beginning with a slash.
        query: Parameters of the query.
        body: A JSON document, where there is one.
        headers: Further headers.
        is_known: Whether the service surely has an answer. What comes in its place is then taken
            for a moment of weakness.
    """

    method: str = "GET"
    path: str
    query: Query = field(default_factory=dict[str, str | int])
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    is_known: bool = False


class Connection:
    """Keeps connections to one service; any number of threads may use it.

    A process that was forked, or that this was pickled into, opens connections of its own.

    Args:
        url: Address of the service.
        timeout: Seconds without a byte after which an attempt has failed.
        transport: Answers in place of the network; for tests.

    Raises:
        InvalidArgumentError: The address is none.
    """

    def __init__(
        self, url: str, *, timeout: float, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = checked_url(url)
        self.timeout = timeout
        self._transport = transport
        self._sessions: dict[int, Session] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Everything but open connections."""
        return self.__dict__ | {"_sessions": {}}

    def answer(
        self, request: Request, persistence: Persistence, *, pause: Pause = time.sleep
    ) -> dict[str, Any]:
        """The JSON object that the service answers with.

        Raises:
            RequestRefusedError: The service refuses it.
            ServiceUnavailableError: It does not answer in time.
            UnexpectedAnswerError: It answers something else.
        """
        return persist(lambda deadline: self._document(request, deadline), persistence, pause=pause)

    def headers(
        self, request: Request, persistence: Persistence, *, pause: Pause = time.sleep
    ) -> httpx.Headers:
        """The headers of the answer."""

        def work(deadline: Deadline) -> httpx.Headers:
            with self.opened(request, deadline) as response:
                return response.headers

        return persist(work, persistence, pause=pause)

    @contextmanager
    def opened(self, request: Request, deadline: Deadline) -> Generator[httpx.Response]:
        """A success whose body is still to be read.

        Raises:
            TemporaryError: The connection fails, also later while the body is read, or the
                service is too busy, or somebody else answers in its place for a moment.
            RequestRefusedError: The service refuses it.
            UnexpectedAnswerError: It answers something else.
        """
        seconds = max(_SHORTEST_SECONDS, min(self.timeout, deadline.seconds_left))
        with (
            self._weaknesses(request),
            self._client() as client,
            client.stream(
                request.method,
                self.url + request.path,
                params=dict(request.query),
                json=request.body,
                headers={**_ENCODINGS, **request.headers},
                timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
            ) as response,
        ):
            if not response.is_success:
                raise error_of(response, read_all(response, deadline))
            yield response

    def close(self) -> None:
        """Close the connections of this process, each as soon as its request is over."""
        if session := self._sessions.pop(os.getpid(), None):
            session.end()

    def _document(self, request: Request, deadline: Deadline) -> dict[str, Any]:
        with self.opened(request, deadline) as response:
            document = document_of(read_all(response, deadline))
            if not document:
                message = f"what answers at {self.url} is not Epochplan: {request.path} is no JSON"
                raise UnexpectedAnswerError(message)
            return document

    @contextmanager
    def _weaknesses(self, request: Request) -> Generator[None]:
        """Make a TemporaryError of whatever may be over in a moment."""
        try:
            yield
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            message = f"the service at {self.url} does not answer: {reason}"
            raise TemporaryError(message) from error
        except EpochplanError as error:
            if request.is_known and may_pass(error):
                raise TemporaryError(str(error)) from error
            raise

    @contextmanager
    def _client(self) -> Generator[httpx.Client]:
        session = self._session()
        while not session.enter():
            session = self._session()
        try:
            yield session.client
        finally:
            session.leave()

    def _session(self) -> Session:
        process = os.getpid()
        session = self._sessions.get(process)
        if session is None:
            fresh = Session(httpx.Client(transport=self._transport, follow_redirects=False))
            # setdefault is atomic: of threads that come at once all get the same one
            session = self._sessions.setdefault(process, fresh)
            if session is fresh:
                finalize(self, session.end).atexit = False
            else:
                fresh.end()
        return session


def read_all(response: httpx.Response, deadline: Deadline) -> bytes:
    """The body of an answer.

    Raises:
        TemporaryError: It takes longer than the deadline.
        UnexpectedAnswerError: It is longer than any answer of the service.
    """
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        deadline.check()
        if len(content) > _MOST_BYTES:
            message = f"the answer has more than {_MOST_BYTES} bytes; is the address right?"
            raise UnexpectedAnswerError(message)
    return bytes(content)


def checked_url(url: str) -> str:
    """An address without a slash at its end.

    >>> checked_url("http://127.0.0.1:8000/")
    'http://127.0.0.1:8000'

    Raises:
        InvalidArgumentError: It is no address of a web service.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        message = f"url {url!r} is no address: {error}"
        raise InvalidArgumentError(message) from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.query or parsed.fragment:
        message = f"url {url!r} is no address of a service; one is http://127.0.0.1:8000"
        raise InvalidArgumentError(message)
    return url.rstrip("/")

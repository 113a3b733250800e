"""A network that disturbs some requests in front of the real service."""

from collections import deque
from collections.abc import Callable, Iterator

import httpx

Answer = Callable[[httpx.Request], httpx.Response]
Disturbance = Callable[[httpx.Request, Answer], httpx.Response]


class DisturbedNetwork(httpx.BaseTransport):
    """Applies disturbances, one to each request of a kind; then hands on what is asked.

    Attributes:
        requests: Everything that was asked, in order.
    """

    def __init__(
        self, *disturbances: Disturbance, path: str = "", answer: Answer | None = None
    ) -> None:
        self._waiting = deque(disturbances)
        self._path = path
        self._network = httpx.HTTPTransport()
        self._answer = answer or self._network.handle_request
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._waiting and self._path in request.url.path:
            return self._waiting.popleft()(request, self._answer)
        return self._answer(request)

    def close(self) -> None:
        self._network.close()

    def asked(self, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if path in request.url.path]

    @property
    def is_calm(self) -> bool:
        return not self._waiting


def busy(status: int, **headers: str) -> Disturbance:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    problem = {"code": "too-busy", "title": "Busy", "detail": "too many streams", "errors": []}
    return lambda _request, _answer: httpx.Response(status, headers=named, json=problem)


def answered(status: int, text: str, *, content_type: str = "text/plain") -> Disturbance:
    """Somebody answers in place of the service."""
    headers = {"content-type": content_type}
    return lambda _request, _answer: httpx.Response(status, headers=headers, text=text)


def reset(request: httpx.Request, _answer: Answer) -> httpx.Response:
    raise httpx.ReadError("connection reset by peer", request=request)


def unreachable(request: httpx.Request, _answer: Answer) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


def cut_off(after: int) -> Disturbance:
    """The connection is lost after so many bytes of the body."""

    def disturb(request: httpx.Request, answer: Answer) -> httpx.Response:
        whole = answer(request)
        content = whole.read()
        return httpx.Response(
            whole.status_code, headers=whole.headers, stream=_CutOff(content[:after])
        )

    return disturb


def ended_early(after: int) -> Disturbance:
    """The body ends after so many bytes as if that were all."""
    return _with_content(lambda content: content[:after])


def lengthened(request: httpx.Request, answer: Answer) -> httpx.Response:
    return _with_content(lambda content: content + b"\0")(request, answer)


def bit_flipped(request: httpx.Request, answer: Answer) -> httpx.Response:
    return _with_content(lambda content: bytes([content[0] ^ 1]) + content[1:])(request, answer)


def with_header(name: str, value: str) -> Disturbance:
    def disturb(request: httpx.Request, answer: Answer) -> httpx.Response:
        whole = answer(request)
        content = whole.read()
        return httpx.Response(
            whole.status_code,
            headers={**whole.headers, name: value},
            stream=httpx.ByteStream(content),
        )

    return disturb


def range_ignored(request: httpx.Request, answer: Answer) -> httpx.Response:
    """As a proxy that knows no ranges: the whole file with 200."""
    headers = {
        name: value for name, value in request.headers.items() if name not in {"range", "if-range"}
    }
    return answer(httpx.Request(request.method, request.url, headers=headers))


class _CutOff(httpx.SyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message")


def _with_content(change: Callable[[bytes], bytes]) -> Disturbance:
    def disturb(request: httpx.Request, answer: Answer) -> httpx.Response:
        whole = answer(request)
        content = change(whole.read())
        return httpx.Response(
            whole.status_code, headers=whole.headers, stream=httpx.ByteStream(content)
        )

    return disturb

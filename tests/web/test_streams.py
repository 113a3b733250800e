import asyncio
from collections.abc import Iterator
from contextlib import closing

from starlette.types import Message

from app.web.heads import HeadMiddleware
from app.web.pool import StreamPool
from app.web.problems import RequestRefusedError
from app.web.streams import Block, BlockResponse
from tests.web.asking import ask, silence
from tests.web.patience import eventually
from tests.web.streaming import Endless, streaming


def letters() -> Iterator[Block]:
    yield b"a"
    yield memoryview(b"bc")


def test_blocks_arrive_in_their_order() -> None:
    answer = ask(streaming(letters), "GET", "/stream")

    assert answer.content == b"abc"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_no_blocks_are_an_empty_answer() -> None:
    answer = ask(streaming(lambda: iter(())), "GET", "/stream")

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_stream_gives_its_place_back() -> None:
    app = streaming(letters)

    ask(app, "GET", "/stream")

    assert eventually(lambda: app.state.pool.streams.taken == 0)


def test_head_has_the_headers_and_computes_nothing() -> None:
    endless = Endless()

    answer = ask(HeadMiddleware(streaming(endless.blocks)), "HEAD", "/stream?content-length=99")

    assert (answer.headers["content-length"], answer.content) == ("99", b"")
    assert endless.computed == 0


def test_head_needs_no_place() -> None:
    app = HeadMiddleware(streaming(letters, max_streams=0))

    assert ask(app, "HEAD", "/stream").status_code == 200


def test_a_stream_too_many_is_a_problem() -> None:
    answer = ask(streaming(letters, max_streams=0), "GET", "/stream")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_refusal_before_the_first_block_is_a_problem() -> None:
    def refusing() -> Iterator[Block]:
        raise RequestRefusedError(status=422, code="no", title="No")
        yield b""

    assert ask(streaming(refusing), "GET", "/stream").status_code == 422


def test_a_failure_before_the_first_block_is_a_problem() -> None:
    def failing() -> Iterator[Block]:
        yield bytes(1 // 0)

    assert ask(streaming(failing), "GET", "/stream").json()["code"] == "internal-error"


def test_a_client_that_leaves_stops_the_blocks() -> None:
    endless = Endless()
    pool = StreamPool(threads=2, max_streams=1)
    sent: list[Message] = []

    enough = asyncio.Event()

    async def receive() -> Message:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == 5:
            enough.set()

    with closing(pool):
        response = BlockResponse(pool, endless.blocks)
        asyncio.run(response({"type": "http"}, receive, send))
        assert eventually(lambda: pool.streams.taken == 0)

    assert sent[-1]["more_body"] is True
    assert endless.closed
    assert endless.computed <= len(sent) + 2


def test_a_cancelled_stream_gives_its_place_back() -> None:
    endless = Endless()
    pool = StreamPool(threads=2, max_streams=1)

    async def send(_message: Message) -> None:
        await asyncio.sleep(0)

    async def cancel() -> None:
        response = BlockResponse(pool, endless.blocks)
        task = asyncio.create_task(response({"type": "http"}, silence, send))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])

    with closing(pool):
        asyncio.run(cancel())

        assert eventually(lambda: endless.closed and pool.streams.taken == 0)

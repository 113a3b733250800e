import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from app.web.pool import StreamPool
from tests.web.patience import eventually


def pool_of_one(max_streams: int = 4) -> StreamPool:
    return StreamPool(threads=1, max_streams=max_streams)


def three() -> Iterator[bytes]:
    yield from (b"a", b"b", b"c")


def test_a_computation_is_taken_value_by_value() -> None:
    async def take(pool: StreamPool) -> list[bytes | None]:
        stream = pool.open(three)
        steps = [await stream.take() for _ in range(4)]
        stream.close()
        return steps

    with closing(pool_of_one()) as pool:
        assert asyncio.run(take(pool)) == [b"a", b"b", b"c", None]


def test_a_computation_is_computed_one_value_ahead_and_no_further() -> None:
    computed: list[int] = []

    def counted() -> Iterator[int]:
        for number in range(10):
            computed.append(number)
            yield number

    async def take_two(pool: StreamPool) -> None:
        stream = pool.open(counted)
        await stream.take()
        await stream.take()
        assert await asyncio.to_thread(eventually, lambda: len(computed) > 2)
        await asyncio.sleep(0.05)  # in which it could go further
        stream.close()

    with closing(pool_of_one()) as pool:
        asyncio.run(take_two(pool))

    assert computed == [0, 1, 2]


def test_a_computation_that_nobody_waits_for_leaves_the_loop_to_others() -> None:
    turns: list[str] = []

    async def other() -> None:
        turns.append("other")

    async def take(pool: StreamPool) -> None:
        stream = pool.open(three)
        await asyncio.sleep(0.05)
        task = asyncio.create_task(other())
        await stream.take()
        turns.append("stream")
        stream.close()
        await task

    with closing(pool_of_one()) as pool:
        asyncio.run(take(pool))

    assert turns == ["other", "stream"]


@pytest.mark.parametrize("steps", [three, lambda: iter([b"a", b"b"])])
def test_a_place_is_free_again_when_a_computation_is_closed(
    steps: Callable[[], Iterator[bytes]],
) -> None:
    async def open_and_close(pool: StreamPool) -> None:
        stream = pool.open(steps)
        assert pool.streams.taken == 1
        await stream.take()
        stream.close()

    with closing(pool_of_one()) as pool:
        asyncio.run(open_and_close(pool))

        assert eventually(lambda: pool.streams.taken == 0)


def test_a_generator_is_closed_where_it_ran() -> None:
    closed_in: list[str] = []

    def careful() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            closed_in.append(threading.current_thread().name)

    async def leave(pool: StreamPool) -> None:
        stream = pool.open(careful)
        await stream.take()
        stream.close()

    with closing(pool_of_one()) as pool:
        asyncio.run(leave(pool))

        assert eventually(lambda: closed_in == ["pool_0"])


def test_a_value_under_way_is_the_last_one() -> None:
    gate, steps = threading.Event(), list[int]()

    def slow() -> Iterator[int]:
        for number in range(10):
            steps.append(number)
            gate.wait(10)
            yield number

    async def leave(pool: StreamPool) -> None:
        stream = pool.open(slow)
        await asyncio.to_thread(eventually, lambda: steps == [0])
        stream.close()
        assert pool.streams.taken == 1
        gate.set()

    with closing(pool_of_one()) as pool:
        asyncio.run(leave(pool))

        assert eventually(lambda: pool.streams.taken == 0)

    assert steps == [0]


def test_a_generator_that_cannot_be_closed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    begun = threading.Event()

    def stubborn() -> Iterator[int]:
        begun.set()
        try:
            yield 1
        finally:
            message = "not now"
            raise RuntimeError(message)

    async def leave(pool: StreamPool) -> None:
        stream = pool.open(stubborn)
        assert await asyncio.to_thread(begun.wait, 10)
        stream.close()

    with closing(pool_of_one()) as pool:
        asyncio.run(leave(pool))
        assert eventually(lambda: caplog.records != [])

    [record] = caplog.records
    assert record.message == "a computation failed to close"
    assert record.exc_info


def test_what_a_pool_that_shuts_down_never_closed_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = threading.Event()

    def slow() -> Iterator[bytes]:
        gate.wait(10)
        yield b"a"

    async def leave(pool: StreamPool) -> None:
        stream = pool.open(three)
        await stream.take()
        await asyncio.sleep(0.02)
        pool.open(slow)
        stream.close()

    with closing(pool_of_one()) as pool:
        asyncio.run(leave(pool))
    gate.set()

    assert caplog.records == []

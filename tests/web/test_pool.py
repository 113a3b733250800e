import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.types import Message

from app.web.pool import StreamPool
from app.web.problems import RequestRefusedError
from tests.web.asking import request_to, silence
from tests.web.patience import eventually


def pool_of_one(max_streams: int = 4) -> StreamPool:
    return StreamPool(threads=1, max_streams=max_streams)


def three() -> Iterator[bytes]:
    yield from (b"a", b"b", b"c")


def test_work_is_done_in_another_thread() -> None:
    with closing(pool_of_one()) as pool:
        thread = asyncio.run(pool.run(threading.current_thread))

    assert thread is not threading.current_thread()


def test_work_is_handed_all_its_arguments() -> None:
    with closing(pool_of_one()) as pool:
        assert asyncio.run(pool.run(sorted, [1, 3, 2], reverse=True)) == [3, 2, 1]


def test_work_that_fails_fails_here() -> None:
    with closing(pool_of_one()) as pool, pytest.raises(ZeroDivisionError):
        asyncio.run(pool.run(divmod, 1, 0))


def test_more_work_than_may_wait_is_refused() -> None:
    gate = threading.Event()

    async def crowd(pool: StreamPool) -> list[bool | BaseException]:
        crowded = [pool.run(gate.wait, 10) for _ in range(3)]
        answers = asyncio.gather(*crowded, return_exceptions=True)
        await asyncio.sleep(0)
        gate.set()
        return await answers

    with closing(pool_of_one(max_streams=2)) as pool:
        *done, refused = asyncio.run(crowd(pool))

    assert done == [True, True]
    assert isinstance(refused, RequestRefusedError)
    assert (refused.status, refused.headers) == (503, {"Retry-After": "1"})


def test_a_place_is_free_again_after_the_work() -> None:
    with closing(pool_of_one()) as pool:
        asyncio.run(pool.run(int))

        assert eventually(lambda: pool.jobs.taken == 0)


def test_work_whose_client_is_cancelled_while_it_waits_is_never_begun() -> None:
    gate, begun = threading.Event(), threading.Event()

    async def cancel(pool: StreamPool) -> None:
        first = asyncio.create_task(pool.run(gate.wait, 10))
        second = asyncio.create_task(pool.run(begun.set))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        gate.set()
        await first

    with closing(pool_of_one()) as pool:
        asyncio.run(cancel(pool))

        assert eventually(lambda: pool.jobs.taken == 0)

    assert not begun.is_set()


def test_what_is_prepared_is_handed_all_its_arguments_in_a_thread_of_its_own() -> None:
    async def compare(pool: StreamPool) -> tuple[list[int], str, str]:
        listed = await pool.prepare(sorted, [1, 3, 2], reverse=True)
        preparing = await pool.prepare(threading.current_thread)
        return listed, preparing.name, (await pool.run(threading.current_thread)).name

    with closing(pool_of_one()) as pool:
        listed, preparing, computing = asyncio.run(compare(pool))

    assert listed == [3, 2, 1]
    assert len({preparing, computing, threading.current_thread().name}) == 3


def test_preparing_holds_up_no_other_work() -> None:
    gate = threading.Event()

    async def overtake(pool: StreamPool) -> list[bool]:
        waiting = [asyncio.create_task(pool.prepare(gate.wait, 10)) for _ in range(2)]
        await asyncio.sleep(0)
        overtaking = await pool.run(bool, 1)
        done = [task.done() for task in waiting]
        gate.set()
        return [overtaking, *done, *await asyncio.gather(*waiting)]

    with closing(pool_of_one()) as pool:
        assert asyncio.run(overtake(pool)) == [True, False, False, True, True]


def test_one_thing_is_prepared_after_another() -> None:
    under_way, most = 0, 0

    def prepare() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.002)
        under_way -= 1

    async def crowd(pool: StreamPool) -> None:
        await asyncio.gather(*(pool.prepare(prepare) for _ in range(4)))

    with closing(StreamPool(threads=4, max_streams=9)) as pool:
        asyncio.run(crowd(pool))

    assert most == 1


def test_more_than_may_wait_is_not_prepared() -> None:
    gate = threading.Event()

    async def crowd(pool: StreamPool) -> list[bool | BaseException]:
        crowded = [pool.prepare(gate.wait, 10) for _ in range(3)]
        answers = asyncio.gather(*crowded, return_exceptions=True)
        await asyncio.sleep(0)
        gate.set()
        return await answers

    with closing(pool_of_one(max_streams=2)) as pool:
        *done, refused = asyncio.run(crowd(pool))
        assert eventually(lambda: pool.jobs.taken == 0)

    assert done == [True, True]
    assert isinstance(refused, RequestRefusedError)
    assert refused.status == 503


def test_what_fails_to_be_prepared_fails_here() -> None:
    with closing(pool_of_one()) as pool, pytest.raises(ZeroDivisionError):
        asyncio.run(pool.prepare(divmod, 1, 0))


def test_a_closed_pool_prepares_nothing_more() -> None:
    pool = pool_of_one()
    pool.close()

    with pytest.raises(RequestRefusedError):
        asyncio.run(pool.prepare(int))


def test_the_last_value_of_long_work_is_its_value() -> None:
    async def compute(pool: StreamPool) -> bytes:
        request = request_to()
        request._receive = silence
        return await pool.last_value(request, three)

    with closing(pool_of_one()) as pool:
        assert asyncio.run(compute(pool)) == b"c"

        assert eventually(lambda: pool.jobs.taken == 0)


def test_long_work_of_no_values_has_no_value() -> None:
    async def compute(pool: StreamPool) -> bytes:
        request = request_to()
        request._receive = silence
        return await pool.last_value(request, lambda: iter(()))

    with closing(pool_of_one()) as pool, pytest.raises(ValueError, match="no values"):
        asyncio.run(compute(pool))


def test_long_work_stops_when_the_client_leaves() -> None:
    steps = 0

    def endless() -> Iterator[int]:
        nonlocal steps
        while True:
            steps += 1
            yield steps

    async def leave() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def compute(pool: StreamPool) -> int:
        request = request_to()
        request._receive = leave
        return await pool.last_value(request, endless)

    with closing(pool_of_one()) as pool:
        with pytest.raises(RequestRefusedError) as refusal:
            asyncio.run(compute(pool))
        assert eventually(lambda: pool.jobs.taken == 0)

    assert refusal.value.code == "client-left"


def test_a_closed_pool_takes_no_more_work() -> None:
    pool = pool_of_one()

    pool.close()

    with pytest.raises(RequestRefusedError):
        pool.open(three)


def test_a_stream_may_outlive_its_pool() -> None:
    async def outlive(pool: StreamPool) -> None:
        stream = pool.open(three)
        await stream.take()
        await asyncio.sleep(0.02)
        pool.close()
        stream.close()

    asyncio.run(outlive(pool_of_one()))

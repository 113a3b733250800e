import asyncio

from starlette.types import Message

from app.web.departure import watch_departure
from tests.web.asking import silence


def test_a_departure_is_only_the_end_of_the_connection() -> None:
    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    async def watch() -> bool:
        async with watch_departure(receive) as departure:
            await departure
            return departure.done()

    assert asyncio.run(watch())


def test_a_client_that_stays_has_not_departed() -> None:
    async def watch() -> bool:
        async with watch_departure(silence) as departure:
            await asyncio.sleep(0)
            return departure.done()

    assert not asyncio.run(watch())


def test_nobody_watches_for_longer_than_there_is_something_to_do() -> None:
    async def watch() -> bool:
        async with watch_departure(silence) as departure:
            await asyncio.sleep(0)
        await asyncio.wait([departure])
        return departure.cancelled()

    assert asyncio.run(watch())

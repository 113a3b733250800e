"""Plans per second, against the requests per second of a FastAPI that does nothing.

Ours: POST /v1/plans with the settings as they come, the access log (to /dev/null) included;
training specs that all differ in size, geometry, length and seed, so that no cache helps; then one
spec again and again. Theirs: `async def` returning {"hello": "world"} (`tests.bench.wire.hello`),
without a log. Both: one worker, uvloop, httptools, 8 connections of wrk on the same machine, in
turns of seconds.

Informative: a plan that is read again as 200 and as 304, where the client has it already.
"""

from collections.abc import Iterator

import httpx
import orjson

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread
from tests.bench.wire.load import Answered, Load
from tests.bench.wire.plans import SMALL_SPEC, etag_of, plan_path
from tests.bench.wire.servers import Server, bare_fastapi, service

PEER = "a bare FastAPI hello on uvicorn, one worker, uvloop, httptools, no access log"


def measure(mode: Mode) -> Iterator[Result]:
    with service() as ours, bare_fastapi() as bare:
        plans = f"{ours.address}/v1/plans"
        same = orjson.dumps(SMALL_SPEC).decode()
        hello = Load(url=f"{bare.address}/hello")
        distinct = Load(url=plans, kind="distinct")
        yield _row("POST /v1/plans, all specs differ", distinct, hello, mode, Bar(limit=0.4))
        yield _row("POST /v1/plans, one spec", Load(url=plans, kind="same", body=same), hello, mode)
        yield from _read_again(ours, hello, mode)


def _read_again(ours: Server, hello: Load, mode: Mode) -> Iterator[Result]:
    url = ours.address + plan_path(ours, dict(SMALL_SPEC))
    held = {"If-None-Match": etag_of(url)}
    if httpx.get(url, headers=held).status_code != httpx.codes.NOT_MODIFIED:
        yield Result.not_measured("GET a plan as 304", "it is not answered with 304")
        return
    yield _row("GET a plan as 200", Load(url=url), hello, mode)
    yield _row("GET a plan as 304", Load(url=url, headers=held), hello, mode)


def _row(name: str, load: Load, hello: Load, mode: Mode, bar: Bar | None = None) -> Result:
    seconds = mode.repetitions(full=2, quick=1)
    for each in (load, hello):
        each.run(1)
    mine: list[Answered] = []
    theirs: list[Answered] = []
    for _ in range(mode.repetitions(full=9, quick=1)):
        mine.append(load.run(seconds))
        theirs.append(hello.run(seconds))
    shares = [one.rate / other.rate for one, other in zip(mine, theirs, strict=True)]
    return Result(
        name=name,
        value=Spread.of(shares).median,
        unit="x hello",
        bar=bar,
        ours=Spread.of([each.rate for each in mine]),
        theirs=Spread.of([each.rate for each in theirs]),
        sides_unit="requests/s",
        peer=PEER,
        note=f"{load.connections} connections; ours {_latencies(mine)}; "
        f"theirs {_latencies(theirs)}",
    )


def _latencies(turns: list[Answered]) -> str:
    p50 = Spread.of([each.p50_ms for each in turns]).median
    p99 = Spread.of([each.p99_ms for each in turns]).median
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms"

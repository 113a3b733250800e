"""An answer to a small request right after a client has left in the middle of a huge stream.

A client reads 64 MiB of the raw indices of an epoch of 2^40 samples (8 TiB) and drops the
connection, with more bytes on their way; a second client, connected before, asks for a plan at
once. What counts is the slowest of all these answers. Then nothing of the streams may be left: the
gauge of active streams reads 0 a second later.
"""

import time
from collections.abc import Iterator

import httpx

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread
from tests.bench.wire.plans import SMALL_SPEC, plan_path, raw_path
from tests.bench.wire.reader import read_body
from tests.bench.wire.servers import Server, service

DATASET_SIZE = 2**40
READ_BYTES = 2**26


def measure(mode: Mode) -> Iterator[Result]:
    with service() as server, httpx.Client(base_url=server.address) as client:
        stream = raw_path(server, dataset_size=DATASET_SIZE)
        plan = plan_path(server, dict(SMALL_SPEC))
        alone = [_milliseconds(client, plan) for _ in range(50)]
        count = mode.repetitions(full=50, quick=10)
        after = [_after_departure(server, client, stream, plan) for _ in range(count)]
        yield Result(
            name="first small answer after a client has left a stream of 8 TiB",
            value=max(after),
            unit="ms",
            bar=Bar(limit=100, at_least=False),
            ours=Spread.of(after),
            theirs=Spread.of(alone),
            sides_unit="ms",
            peer="the same request with no stream before it",
            note=f"the slowest of {count} departures",
        )
        yield _left_over(server)


def _after_departure(server: Server, client: httpx.Client, stream: str, plan: str) -> float:
    read_body(server.port, stream, READ_BYTES)
    return _milliseconds(client, plan)


def _milliseconds(client: httpx.Client, path: str) -> float:
    start = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - start) * 1e3


def _left_over(server: Server) -> Result:
    time.sleep(1)
    return Result(
        name="streams that are left one second later",
        value=server.gauge("epochplan_streams_active"),
        unit="streams",
        bar=Bar(limit=0, at_least=False),
    )

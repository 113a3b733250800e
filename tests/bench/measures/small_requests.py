"""Small requests while a stream runs as fast as it can, against the same requests alone.

wrk asks over 8 connections, the next request as soon as an answer is there, for a plan (GET) or
with a new training spec (POST), in turns: alone, and while one client reads the raw indices of an
epoch of 2^40 samples without a pause. Service, stream client and wrk share the cores of the
machine, so the stream runs at what they leave it; the note says how fast that was.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread
from tests.bench.wire.load import Answered, Load
from tests.bench.wire.plans import SMALL_SPEC, plan_path, raw_path
from tests.bench.wire.reader import reading
from tests.bench.wire.servers import Server, service

DATASET_SIZE = 2**40
STREAMED = "epochplan_http_streamed_bytes_total"


@dataclass(frozen=True, slots=True)
class Turn:
    """The same load alone and beside a stream.

    Attributes:
        idle: Alone.
        beside: Beside a stream.
        stream_speed: Of the stream, in MiB/s.
    """

    idle: Answered
    beside: Answered
    stream_speed: float


def measure(mode: Mode) -> Iterator[Result]:
    with service() as server:
        stream = raw_path(server, dataset_size=DATASET_SIZE)
        plan = server.address + plan_path(server, dict(SMALL_SPEC))
        loads = {
            "GET a plan": Load(url=plan),
            "POST /v1/plans": Load(url=f"{server.address}/v1/plans", kind="distinct"),
        }
        for name, load in loads.items():
            load.run(1)
            count = mode.repetitions(full=9, quick=1)
            turns = [_turn(server, load, stream, mode) for _ in range(count)]
            yield from _rows(name, turns)


def _turn(server: Server, load: Load, stream: str, mode: Mode) -> Turn:
    seconds = mode.repetitions(full=2, quick=1)
    idle = load.run(seconds)
    with reading(server.port, stream):
        time.sleep(1)  # until it runs
        before, start = server.gauge(STREAMED), time.perf_counter()
        beside = load.run(seconds)
        read, took = server.gauge(STREAMED) - before, time.perf_counter() - start
    return Turn(idle, beside, read / took / 2**20)


def _rows(name: str, turns: list[Turn]) -> Iterator[Result]:
    speeds = Spread.of([turn.stream_speed for turn in turns])
    note = f"8 connections; the stream ran at {speeds.median:.0f} MiB/s meanwhile"
    yield Result(
        name=f"{name} beside a stream: rate",
        value=Spread.of([turn.beside.rate / turn.idle.rate for turn in turns]).median,
        unit="x idle",
        bar=Bar(limit=0.7),
        ours=Spread.of([turn.beside.rate for turn in turns]),
        theirs=Spread.of([turn.idle.rate for turn in turns]),
        sides_unit="requests/s",
        peer="the same load alone",
        note=note,
    )
    yield Result(
        name=f"{name} beside a stream: p99",
        value=Spread.of([turn.beside.p99_ms / turn.idle.p99_ms for turn in turns]).median,
        unit="x idle",
        bar=Bar(limit=3, at_least=False),
        ours=Spread.of([turn.beside.p99_ms for turn in turns]),
        theirs=Spread.of([turn.idle.p99_ms for turn in turns]),
        sides_unit="ms",
        peer="the same load alone",
        note=note,
    )

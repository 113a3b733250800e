"""How much is answered as workers, replicas and clients grow."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack

from tests.bench.mode import Mode
from tests.bench.result import Spread
from tests.bench.wire.load import Answered
from tests.bench.wire.servers import Server, service
from tests.container.replicas import replicas
from tests.scale.load import answered, streamed
from tests.scale.rows import Row

WORKERS = (1, 2, 4)
REPLICAS = (1, 2, 3)
CLIENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
CONNECTIONS = 32
MAX_STREAMS = 1_024
"""Of a worker; by default one has 64 places, and refuses whoever comes beyond them."""

SETTLING_SECONDS = 2.0


def by_workers(mode: Mode) -> Iterator[Row]:
    """Processes at one port; all sizes run at the same time, and are asked in turns."""
    with ExitStack() as stack:
        started = {count: stack.enter_context(_service(count)) for count in WORKERS}
        yield from _throughput("workers", {n: each.address for n, each in started.items()}, mode)


def by_replicas(mode: Mode) -> Iterator[Row]:
    """Containers behind nginx, which has a core to share with them."""
    with ExitStack() as stack:
        started = {count: stack.enter_context(replicas(count)) for count in REPLICAS}
        yield from _throughput("replicas", {n: each.url for n, each in started.items()}, mode)


def by_clients(mode: Mode, workers: int = 2) -> Iterator[Row]:
    """Ranks that ask at a time, each for its first samples."""
    with _service(workers) as server:
        rounds: dict[int, list[Answered]] = defaultdict(list)
        for _ in range(_repetitions(mode)):
            for clients in CLIENTS:
                rounds[clients].append(
                    answered(server.address, "slices", connections=clients, seconds=_seconds(mode))
                )
    for clients, found in rounds.items():
        yield _row("clients", clients, "slices", found)


def _service(workers: int) -> AbstractContextManager[Server]:
    return service(
        EPOCHPLAN_WORKERS=str(workers),
        EPOCHPLAN_MAX_STREAMS=str(MAX_STREAMS),
        EPOCHPLAN_LOG_LEVEL="warning",
    )


def _throughput(varied: str, addresses: Mapping[int, str], mode: Mode) -> Iterator[Row]:
    time.sleep(SETTLING_SECONDS)  # every worker gets warm, not only the one that said so
    for asked in ("plans", "slices"):
        rounds: dict[int, list[Answered]] = defaultdict(list)
        for _ in range(_repetitions(mode)):
            for count, address in addresses.items():
                rounds[count].append(
                    answered(address, asked, connections=CONNECTIONS, seconds=_seconds(mode))
                )
        for count, found in rounds.items():
            yield _row(varied, count, asked, found)
    yield from _streams(varied, addresses, mode)


def _streams(varied: str, addresses: Mapping[int, str], mode: Mode) -> Iterator[Row]:
    body_bytes = mode.repetitions(full=2**30, quick=2**27)
    rates: dict[int, list[float]] = defaultdict(list)
    for _ in range(_repetitions(mode)):
        for count, address in addresses.items():
            rates[count].append(streamed(address, body_bytes))
    for count, found in rates.items():
        yield Row(varied=varied, count=count, asked="stream", rate=Spread.of(found))


def _row(varied: str, count: int, asked: str, found: Sequence[Answered]) -> Row:
    return Row(
        varied=varied,
        count=count,
        asked=asked,
        rate=Spread.of([each.rate for each in found]),
        p50_ms=Spread.of([each.p50_ms for each in found]),
        p99_ms=Spread.of([each.p99_ms for each in found]),
    )


def _repetitions(mode: Mode) -> int:
    return mode.repetitions(full=5, quick=1)


def _seconds(mode: Mode) -> int:
    return mode.repetitions(full=3, quick=1)

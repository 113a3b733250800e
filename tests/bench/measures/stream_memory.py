"""How much the service grows while it streams: resident memory, before and at the highest.

One stream of 8 GiB (1 GiB in quick mode) of raw indices of an epoch of 2^40 samples; then 32
streams at once, each with a client of its own. A stream of 64 MiB runs before, so that what the
service loads once is not counted. Memory is read from /proc every 20 ms.
"""

import time
from collections.abc import Callable, Iterator

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result
from tests.bench.wire.plans import raw_path
from tests.bench.wire.reader import finished, read_elsewhere, start_reader
from tests.bench.wire.servers import Server, service

DATASET_SIZE = 2**40
STREAMS = 32
TICK_SECONDS = 0.02


def measure(mode: Mode) -> Iterator[Result]:
    one = 2**33 if mode.is_full else 2**30
    many = 2**29 if mode.is_full else 2**26
    yield _grown("one stream", one, 1, Bar(limit=16, at_least=False))
    yield _grown(f"{STREAMS} streams at once", many, STREAMS, Bar(limit=64, at_least=False))


def _grown(what: str, size: int, streams: int, bar: Bar) -> Result:
    with service() as server:
        path = raw_path(server, dataset_size=DATASET_SIZE)
        read_elsewhere(server.port, path, 2**26)
        before, start = server.resident_bytes, time.perf_counter()
        readers = [start_reader(server.port, path, size) for _ in range(streams)]
        highest = _highest(server, lambda: any(reader.poll() is None for reader in readers))
        read = sum(finished(reader).body_bytes for reader in readers)
        seconds = time.perf_counter() - start
    return Result(
        name=f"growth over {what} of {size / 2**30:g} GiB",
        value=(highest - before) / 1e6,
        unit="MB",
        bar=bar,
        note=f"from {before / 1e6:.0f} MB; {read / seconds / 2**20:.0f} MiB/s together",
    )


def _highest(server: Server, goes_on: Callable[[], bool]) -> int:
    highest = server.resident_bytes
    while goes_on():
        highest = max(highest, server.resident_bytes)
        time.sleep(TICK_SECONDS)
    return max(highest, server.resident_bytes)

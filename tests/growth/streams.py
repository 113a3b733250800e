"""What several streams at a time get, and what memory they take from the service."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.bench.mode import Mode
from tests.bench.result import Spread
from tests.bench.wire.plans import raw_path
from tests.bench.wire.reader import read_body
from tests.bench.wire.servers import Server, service
from tests.growth.series import Point, Series

COUNTS = (1, 2, 4, 8, 16, 32)
DATASET_SIZE = 10**12
LOOK_SECONDS = 0.02


def streams(mode: Mode) -> Series:
    """Streams of one worker that are read at the same time by threads of this process."""
    body_bytes = mode.repetitions(full=2**30, quick=2**28)
    rates: dict[int, list[float]] = {count: [] for count in COUNTS}
    peaks = dict.fromkeys(COUNTS, 0)
    with service() as server:
        path = raw_path(server, dataset_size=DATASET_SIZE)
        _read(server, path, count=2, body_bytes=body_bytes)
        before = server.resident_bytes
        for _ in range(mode.repetitions(full=5, quick=2)):
            for count in COUNTS:
                with _watched(server) as seen:
                    rates[count].append(_read(server, path, count=count, body_bytes=body_bytes))
                peaks[count] = max(peaks[count], max(seen) - before)
    return Series(
        name="growth-streams",
        title="Raw int64 of 10¹² samples, by the number of streams that are read at a time",
        varied="streams",
        unit="MB/s",
        memory="resident memory of the service, beyond that after two streams",
        points=tuple(
            Point(at=count, measured=Spread.of(rates[count]), peak_bytes=max(0, peaks[count]))
            for count in COUNTS
        ),
    )


def _read(server: Server, path: str, *, count: int, body_bytes: int) -> float:
    """MB/s of all streams together, each of which has its share of the bytes."""
    share = body_bytes // count
    start = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        readings = [pool.submit(read_body, server.port, path, share) for _ in range(count)]
        received = sum(each.result().body_bytes for each in readings)
    return received / 1e6 / (time.perf_counter() - start)


@contextmanager
def _watched(server: Server) -> Iterator[list[int]]:
    """Resident bytes, looked at again and again while the block runs."""
    seen, over = [server.resident_bytes], Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            seen.append(server.resident_bytes)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield seen
        finally:
            over.set()
            looking.result()

"""What compressing manifests and fixed texts would bring, and up to which network it would pay.

A manifest: a slice of the sample indices of a shuffled epoch of 10^6 and of 10^9 samples (the
latter alone in a quick run), in every format, as the service writes it. gzip is zlib of this
Python, in this process; zstd is python-zstd in the environment of mosaicml-streaming, which has it.
One thread each.

The value is how many times smaller the bytes become. `ours` is the speed of compressing, in MB of
plain bytes per second of processor time, so that a busy machine does not count against it; writing
the plain bytes is not part of it. A stream that is compressed
while it is sent is faster than a plain one only where the network takes plain bytes more slowly
than that: this speed in Mbit/s is the break-even that the note states. Next to it stand the bytes
per index, since `dtype=uint32` sends 4 for no time at all.

A fixed text is asked for over ASGI, plain and with `Accept-Encoding: gzip`. It is compressed once,
whatever that takes, so that only the ratio counts.
"""

import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from structlog.testing import capture_logs

from app.main import create_app
from app.manifest.encodings import FILES, STREAMS
from app.manifest.index_type import IndexType
from app.manifest.page import listed_indices
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from app.settings import Settings
from tests.bench.interleaved import Side, interleaved
from tests.bench.mode import Mode
from tests.bench.native import EPOCH, native_plan
from tests.bench.peer import Peer
from tests.bench.result import Result, Spread
from tests.web.asking import ask

STEP = 1_024
GZIP_LEVELS = (1, 6)
ZSTD_ENVIRONMENT, ZSTD_LEVELS = "streaming", (1, 3)
FIXED_TEXTS = (
    "/openapi.json",
    "/v1/frameworks",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
)

FORMATS: dict[str, Callable[[Selection], bytes]] = {
    "raw int64": lambda selection: file_bytes("raw", selection, IndexType.INT64),
    "raw uint32": lambda selection: file_bytes("raw", selection, IndexType.UINT32),
    "npy int64": lambda selection: file_bytes("npy", selection, IndexType.INT64),
    "arrow int64": lambda selection: stream_bytes("arrow", selection),
    "json": lambda selection: listed_indices(selection, Group.STEP),
    "ndjson": lambda selection: stream_bytes("ndjson", selection),
    "csv": lambda selection: stream_bytes("csv", selection),
}


def measure(mode: Mode) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as directory:
        for dataset_size in (10**6, 10**9) if mode.is_full else (10**9,):
            selection = middle_of(dataset_size, indices=2**18 if mode.is_full else 2**16)
            for name, write in FORMATS.items():
                file = Path(directory, name)
                file.write_bytes(write(selection))
                label = f"{name} of 10^{len(str(dataset_size)) - 1}"
                yield from with_gzip(label, file, selection, mode)
                yield from with_zstd(label, file, selection, mode)
    yield from map(fixed_text, FIXED_TEXTS)


def middle_of(dataset_size: int, *, indices: int) -> Selection:
    """So many indices in the middle of the third epoch."""
    plan = native_plan(dataset_size, step=STEP)
    start = plan.run.shape.steps_per_epoch // 2
    return select(plan, epoch=EPOCH, rank=0, start_step=start, stop_step=start + indices // STEP)


def file_bytes(name: str, selection: Selection, index_type: IndexType) -> bytes:
    file = FILES[name](selection, index_type)
    return b"".join(file.blocks(0, file.size, block_bytes=2**20))


def stream_bytes(name: str, selection: Selection) -> bytes:
    return b"".join(STREAMS[name](selection, Group.STEP, IndexType.INT64))


def with_gzip(label: str, file: Path, selection: Selection, mode: Mode) -> Iterator[Result]:
    """A row for every level of gzip."""
    content = file.read_bytes()
    sides = [processor_timed(partial(gzip.compress, content, level)) for level in GZIP_LEVELS]
    found = interleaved(sides, mode.repetitions(full=7, quick=1), warm_up=mode.is_full)
    for level, seconds in zip(GZIP_LEVELS, found, strict=True):
        size = len(gzip.compress(content, level))
        yield row(f"{label}, gzip {level}", file, selection, size, seconds)


def with_zstd(label: str, file: Path, selection: Selection, mode: Mode) -> Iterator[Result]:
    """A row for every level of zstd; one that says so where it is not there."""
    if reason := Peer.missing(ZSTD_ENVIRONMENT):
        yield Result.not_measured(f"{label}, zstd", reason)
        return
    with Peer(ZSTD_ENVIRONMENT, "zstd_files") as peer:
        for level in ZSTD_LEVELS:
            asked = [
                peer.ask("compress", path=str(file), level=level)
                for _ in range(mode.repetitions(full=7, quick=1))
            ]
            seconds = [float(answer["processor_seconds"]) for answer in asked]
            name = f"{label}, {peer.name} level {level}"
            yield row(name, file, selection, asked[0]["bytes"], seconds)


def processor_timed(work: Callable[[], object]) -> Side:
    """A side that runs some work of this process once, by the time of the processor."""

    def side() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return side


def row(
    name: str, file: Path, selection: Selection, compressed: int, seconds: list[float]
) -> Result:
    """How much smaller the file becomes, how fast, and what that is good for."""
    plain, indices = file.stat().st_size, selection.members.count
    speed = Spread.of_speeds(seconds, plain / 1e6)
    return Result(
        name=name,
        value=plain / compressed,
        unit="x smaller",
        ours=speed,
        sides_unit="MB/s",
        note=f"{plain / indices:.2f} -> {compressed / indices:.2f} bytes per index; pays below "
        f"{speed.median * 8:.0f} Mbit/s",
    )


def fixed_text(path: str) -> Result:
    """What a browser gets instead of the plain text."""
    app = create_app(Settings())
    with capture_logs():
        answers = [
            ask(app, "GET", path, headers={"Accept-Encoding": coding}) for coding in ("", "gzip")
        ]
    plain, compressed = (int(answer.headers["content-length"]) for answer in answers)
    return Result(
        name=f"{path}, gzip",
        value=plain / compressed,
        unit="x smaller",
        note=f"{plain:,} -> {compressed:,} bytes, compressed once",
    )

"""A stream of indices that are computed while they are sent, against a file that lies ready.

Ours: GET .../manifest.raw of 1 GiB (256 MiB in quick mode) out of an epoch of 2^40 samples (2^32 as
uint32), one worker, settings as they come. Theirs: nginx with one worker and sendfile, serving a
file of the very same bytes that lies in the page cache. The client is the same for both: a process
of its own that receives into one buffer and looks at nothing (`tests.bench.wire.reader`); it shares
the machine with the server. Times are the client's, from the request to the last byte.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.bench.interleaved import interleaved, ratios
from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread
from tests.bench.wire.nginx import static_files
from tests.bench.wire.plans import STEP_SAMPLES, raw_path
from tests.bench.wire.reader import read_elsewhere
from tests.bench.wire.servers import Server, service

DATASET_SIZE = {"int64": 2**40, "uint32": 2**32}
ITEM_BYTES = {"int64": 8, "uint32": 4}
BARS = {"int64": Bar(limit=0.7, aim=0.9)}
FILE = "indices"
AS_IT_IS = {"Accept-Encoding": "identity"}


def measure(mode: Mode) -> Iterator[Result]:
    size = 2**30 if mode.is_full else 2**28
    for dtype in DATASET_SIZE if mode.is_full else BARS:
        with service() as ours, tempfile.TemporaryDirectory() as folder:
            path = _path(ours, dtype, size)
            _download(ours.address + path, Path(folder) / FILE)
            with static_files(Path(folder)) as theirs:
                yield _compared(ours, path, theirs, size, dtype, mode)


def _path(ours: Server, dtype: str, size: int) -> str:
    steps = size // ITEM_BYTES[dtype] // STEP_SAMPLES
    path = raw_path(ours, dataset_size=DATASET_SIZE[dtype])
    return f"{path}?stop_step={steps}&dtype={dtype}"


def _download(url: str, file: Path) -> None:
    with httpx.stream("GET", url, headers=AS_IT_IS) as answer, file.open("wb") as out:
        for block in answer.iter_raw(2**20):
            out.write(block)


def _compared(ours: Server, path: str, theirs: Server, size: int, dtype: str, mode: Mode) -> Result:
    name = f"{size // 2**20} MiB of indices ({dtype}) generated while they are sent"
    bar = BARS.get(dtype)
    if _digest(ours.address + path) != _digest(f"{theirs.address}/{FILE}"):
        return Result.not_measured(name, "the two do not send the same bytes", bar=bar)
    mine, files = interleaved(
        [
            lambda: read_elsewhere(ours.port, path, size).seconds,
            lambda: read_elsewhere(theirs.port, f"/{FILE}", size).seconds,
        ],
        mode.repetitions(full=15, quick=5),
    )
    return Result(
        name=name,
        value=ratios(files, mine).median,
        unit="x nginx",
        bar=bar,
        ours=Spread.of_speeds(mine, size / 2**20),
        theirs=Spread.of_speeds(files, size / 2**20),
        sides_unit="MiB/s",
        peer="nginx, one worker, sendfile, a file of the same bytes in the page cache",
        note="one connection; the client is a process that receives into one buffer",
    )


def _digest(url: str) -> str:
    found = hashlib.sha256()
    with httpx.stream("GET", url, headers=AS_IT_IS) as answer:
        answer.raise_for_status()
        for block in answer.iter_raw():
            found.update(block)
    return found.hexdigest()

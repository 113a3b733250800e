"""Requests at an address: plans, slices as ranks of a large job ask for them, a stream."""

import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.bench.wire.load import MISSING, Answered
from tests.bench.wire.reader import read_body

SCRIPT = Path(__file__).with_name("requests.lua")
RANKS = 10_000
SAMPLES_PER_RANK = 10_000
DATASET_SIZE = 2**32
"""What uint32 can just name, and no rank of the job asks in vain."""

STREAMS = 4


def epoch_path(address: str) -> str:
    """An epoch of a job of 10,000 ranks, one sample per rank and step."""
    spec = {
        "dataset_size": DATASET_SIZE,
        "micro_batch_size": 1,
        "data_parallel_size": RANKS,
        "epochs": 3,
    }
    answer = httpx.post(f"{address}/v1/plans", json=spec)
    answer.raise_for_status()
    return f"{answer.json()['links']['self']}/epochs/1"


def answered(address: str, asked: str, *, connections: int, seconds: int) -> Answered:
    """One thread of wrk: connections stay open, a request follows every answer.

    Raises:
        RuntimeError: An answer was a refusal, or there was none.
    """
    executable = shutil.which("wrk")
    if executable is None:
        raise FileNotFoundError(MISSING)
    arguments = ["plans"] if asked == "plans" else ["ranks", epoch_path(address)]
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT)]
    said = subprocess.run(
        [executable, *options, address, "--", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    found = Answered(**json.loads(said.stdout.splitlines()[-1]))
    if found.faults:
        message = f"{found.faults} of {found.requests} requests failed"
        raise RuntimeError(message)
    return found


def streamed(address: str, body_bytes: int) -> float:
    """MB/s of some streams that are read at a time."""
    port = int(address.rpartition(":")[2])
    path = f"{epoch_path(address)}/manifest.raw"
    start = time.perf_counter()
    with ThreadPoolExecutor(STREAMS) as pool:
        share = body_bytes // STREAMS
        readings = [pool.submit(read_body, port, path, share) for _ in range(STREAMS)]
        received = sum(each.result().body_bytes for each in readings)
    return received / 1e6 / (time.perf_counter() - start)

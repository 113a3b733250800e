"""What the running service costs: memory of a long stream, and the time of a start."""

import time
from statistics import median

import httpx
import psutil

from tests.running import running_service

STREAM_BYTES = 8 * 2**30
MOST_GROWTH = 16 * 10**6
MOST_START_SECONDS = 3.0
SPEC = {"dataset_size": STREAM_BYTES // 8, "global_batch_size": 1_024, "epochs": 1}


def bench_a_stream_of_eight_gibibytes_does_not_grow_the_service() -> None:
    with running_service() as (address, process), httpx.Client(base_url=address) as client:
        plan_id = client.post("/v1/plans", json=SPEC).json()["plan_id"]
        path = f"/v1/plans/{plan_id}/epochs/0/manifest.raw"
        client.get(path, headers={"Range": "bytes=0-67108863"})
        service = psutil.Process(process.pid)
        before = highest = service.memory_info().rss
        received, start = 0, time.perf_counter()

        with client.stream("GET", path) as answer:
            for number, block in enumerate(answer.iter_raw(2**20)):
                received += len(block)
                if number % 64 == 0:
                    highest = max(highest, service.memory_info().rss)

        seconds = time.perf_counter() - start
    growth = highest - before
    print(f"\n8 GiB in {seconds:.1f} s ({received / seconds / 2**20:.0f} MiB/s)", end="")
    print(f", resident memory {before / 2**20:.0f} MiB, grown by {growth / 2**20:.1f} MiB")
    assert received == STREAM_BYTES
    assert growth <= MOST_GROWTH


def bench_a_warm_start_answers_within_three_seconds() -> None:
    first_answers, readies = [], []
    for _ in range(4):
        start = time.perf_counter()
        with running_service(wait=False) as (address, _):
            first_answers.append(seconds_until(address, "/livez", start))
            readies.append(seconds_until(address, "/readyz", start))
    print(f"\nwarm start: first answer after {median(first_answers[1:]):.2f} s", end="")
    print(f", ready after {median(readies[1:]):.2f} s (medians of 3)")

    assert median(first_answers[1:]) <= MOST_START_SECONDS


def seconds_until(address: str, path: str, start: float) -> float:
    """Seconds from the start until a path answers with 200."""
    while time.perf_counter() - start < 60:
        try:
            if httpx.get(address + path).status_code == httpx.codes.OK:
                return time.perf_counter() - start
        except httpx.TransportError:
            time.sleep(0.01)
    message = f"{path} does not answer"
    raise TimeoutError(message)

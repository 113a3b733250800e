"""What torch's permutation costs here, against torch itself in an environment of its own.

TORCH_PYTHON names the python of that environment; by default it is `.venv-peers/torch` beside the
project's own.
"""

import json
import os
import subprocess
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from app.sampling.torch_permutation import torch_randperm
from tests.sampling.torch_record import Calls, our_answers, recorded, shown

HERE = Path(__file__).parent
BESIDE = HERE.parents[1] / ".venv-peers" / "torch" / "bin" / "python"
LEAST_RATIO = 1.5
MOST_BYTES_PER_SAMPLE = 8
ONE_THREAD, DEFAULT_THREADS = 1, 0


class Torch:
    """torch, asked over standard input and output."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, HERE / "peers" / "torch_randperm.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.version = self._read()["version"]

    def randperm(
        self, size: int, *, seed: int, threads: int = ONE_THREAD, digest: bool = False
    ) -> dict[str, Any]:
        question = {"dataset_size": size, "seed": seed, "threads": threads, "digest": digest}
        assert self._process.stdin
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._read()

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def torch() -> Iterator[Torch]:
    python = os.environ.get("TORCH_PYTHON", str(BESIDE))
    if not Path(python).exists():
        pytest.skip(f"no torch to compare with: {python} does not exist")
    peer = Torch(python)
    yield peer
    peer.close()


def our_seconds(size: int, *, seed: int) -> tuple[float, float]:
    start, processor_start = time.perf_counter(), time.process_time()
    torch_randperm(size, seed=seed)
    return time.perf_counter() - start, time.process_time() - processor_start


def medians(seconds: Iterable[Sequence[float]]) -> tuple[float, float]:
    """Median seconds on the clock and of the processor."""
    on_the_clock, of_the_processor = zip(*seconds, strict=True)
    return median(on_the_clock), median(of_the_processor)


@pytest.mark.parametrize(("size", "repetitions"), [(10**6, 21), (10**7, 7), (10**8, 3)])
def bench_a_permutation_is_half_as_fast_again_as_torch(
    torch: Torch, size: int, repetitions: int
) -> None:
    """The processor's time is what counts: others may make both of them wait, each for longer."""
    theirs = torch.randperm(size, seed=1, digest=True)
    same = theirs["sha256"] == shown(torch_randperm(size, seed=1))
    ours, one_thread, default_threads = [], [], []

    for seed in range(repetitions):
        one_thread.append(torch.randperm(size, seed=seed)["seconds"])
        ours.append(our_seconds(size, seed=seed))
        answer = torch.randperm(size, seed=seed, threads=DEFAULT_THREADS)
        default_threads.append(answer["seconds"])

    best = map(min, medians(one_thread), medians(default_threads))
    ratios = []
    for name, our, their in zip(("clock", "processor"), medians(ours), best, strict=True):
        ratios.append(their / our)
        print(f"\n{size:.0e} samples, {name}: {our / size * 1e9:.1f} ns each", end="")
        print(f", torch {torch.version} {their / size * 1e9:.1f} ns: {their / our:.1f}x", end="")
    assert same
    assert ratios[-1] >= LEAST_RATIO


@pytest.mark.parametrize("size", [10**6, 10**7, 10**8])
def bench_a_permutation_takes_at_most_eight_bytes_per_sample(size: int) -> None:
    torch_randperm(1, seed=1)
    tracemalloc.start()

    torch_randperm(size, seed=1)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"\n{size:.0e} samples: {peak / size:.2f} bytes each at the peak")
    assert peak <= MOST_BYTES_PER_SAMPLE * size


def bench_ten_billion_words_are_skipped_in_seconds() -> None:
    """Permutation number 1,000 of ten million samples."""
    words = 10**10
    torch_randperm(1, seed=1)
    start = time.perf_counter()

    torch_randperm(1, seed=1, skipped_words=words)

    seconds = time.perf_counter() - start
    print(f"\n{words:.0e} words skipped in {seconds:.2f} s: {seconds / words * 1e9:.2f} ns each")
    assert seconds < words * 1e-9


@pytest.mark.parametrize("calls", recorded("huge"), ids=str)
def bench_around_the_threshold_samples_stand_where_torch_puts_them(calls: Calls) -> None:
    answers = list(our_answers(calls))

    assert answers == calls.answers

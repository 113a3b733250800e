"""torch's own permutation, computed here, against torch itself.

Ours: `torch_randperm(n, seed=...)`, into an array that is new in every call. Theirs:
`torch.randperm(n, generator=..., out=...)` into a tensor that lies ready, with one thread and with
as many as torch takes by itself, whichever median is lower. The bar is about the processor's time:
others may make both of them wait, each for longer. The permutations must agree bit for bit.

A turn at 10^6 is five goes in a row, at 10^7 two, of which the first is not counted.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from app.sampling.torch_permutation import torch_randperm
from tests.bench.interleaved import Side, interleaved, ratios
from tests.bench.mode import Mode
from tests.bench.native import goes
from tests.bench.peer import Peer
from tests.bench.result import Bar, Result, Spread
from tests.sampling.torch_record import our_answers, recorded, shown

SIZES = {"10^6": 10**6, "10^7": 10**7, "10^8": 10**8}
SPEED = Bar(limit=1.5)
EQUALITY = Bar(limit=0, at_least=False)
BYTES = Bar(limit=8, at_least=False)
SKIPPED_WORDS = 10**10
ONE_THREAD, DEFAULT_THREADS = 1, 0


def measure(mode: Mode) -> Iterator[Result]:
    sizes = list(SIZES) if mode.is_full else ["10^6", "10^7"]
    if reason := Peer.missing("torch"):
        yield Result.not_measured("torch's permutation", reason, bar=SPEED)
    else:
        with Peer("torch", "torch_orders") as torch:
            for size in sizes:
                yield from _speeds(torch, size, mode)
            yield _differing(torch, sizes)
    for size in sizes:
        yield _memory(size)
    yield _skipping()
    if mode.is_full:
        yield _around_the_threshold()


@dataclass
class Watched:
    """A side that returns the processor's time and keeps that of the clock."""

    work: Callable[[], tuple[float, float]]
    on_the_clock: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        seconds, processor_seconds = self.work()
        self.on_the_clock.append(seconds)
        return processor_seconds


def _speeds(torch: Peer, size: str, mode: Mode) -> Iterator[Result]:
    """Processor and clock."""
    ours = Watched(_ours(SIZES[size]))
    theirs = [Watched(_theirs(torch, SIZES[size], each)) for each in (ONE_THREAD, DEFAULT_THREADS)]
    repetitions = _repetitions(SIZES[size], mode)
    sides: list[Side] = [ours, *theirs]
    our_seconds, *their_seconds = interleaved(sides, repetitions, warm_up=False)
    name, peer = f"torch's permutation of {size}", f"{torch.name} randperm, out= reused"
    yield _speed(f"{name}, processor", SIZES[size], our_seconds, their_seconds, peer, SPEED)
    clocks = [each.on_the_clock for each in theirs]
    yield _speed(f"{name}, clock", SIZES[size], ours.on_the_clock, clocks, peer, None)


def _speed(
    name: str,
    size: int,
    ours: Sequence[float],
    theirs: Sequence[Sequence[float]],
    peer: str,
    bar: Bar | None,
) -> Result:
    best = min(theirs, key=median)
    threads = "1 thread" if best is theirs[0] else "its own number of threads"
    return Result(
        name=name,
        value=ratios(best, ours).median,
        unit="x torch",
        bar=bar,
        ours=Spread.of_speeds(ours, size / 1e6),
        theirs=Spread.of_speeds(best, size / 1e6),
        sides_unit="Mi/s",
        peer=f"{peer}, {threads}",
    )


def _repetitions(size: int, mode: Mode) -> int:
    return {
        10**6: mode.repetitions(full=21, quick=3),
        10**7: mode.repetitions(full=7, quick=1),
        10**8: 3,
    }[size]


def _ours(size: int) -> Callable[[], tuple[float, float]]:
    seeds = count()

    def work() -> tuple[float, float]:
        seed, most = next(seeds), goes(size)
        if most > 1:
            torch_randperm(size, seed=seed)
        counted = max(1, most - 1)
        start, processor_start = time.perf_counter(), time.process_time()
        for _ in range(counted):
            torch_randperm(size, seed=seed)
        processor_seconds = time.process_time() - processor_start
        return (time.perf_counter() - start) / counted, processor_seconds / counted

    return work


def _theirs(torch: Peer, size: int, threads: int) -> Callable[[], tuple[float, float]]:
    seeds, question = count(), {"size": size, "threads": threads, "goes": goes(size)}

    def work() -> tuple[float, float]:
        answer = torch.ask("randperm", seed=next(seeds), **question)
        return answer["seconds"], answer["processor_seconds"]

    return work


def _differing(torch: Peer, sizes: Sequence[str]) -> Result:
    differing = 0
    for size in sizes:
        answer = torch.ask("randperm", size=SIZES[size], seed=1, threads=1, digest=True)
        differing += answer["sha256"] != shown(torch_randperm(SIZES[size], seed=1))
    return Result(
        name="torch's permutation, bit for bit",
        value=differing,
        unit="differ",
        bar=EQUALITY,
        peer=f"{torch.name} randperm",
        note=f"SHA-256 of the permutations of {', '.join(sizes)}",
    )


def _memory(size: str) -> Result:
    torch_randperm(1, seed=1)
    tracemalloc.start()
    torch_randperm(SIZES[size], seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Result(
        name=f"memory of torch's permutation of {size}",
        value=peak / SIZES[size],
        unit="bytes each",
        bar=BYTES,
        note="the peak of tracemalloc",
    )


def _skipping() -> Result:
    """Permutation number 1,000 of ten million samples begins so far behind."""
    torch_randperm(1, seed=1)
    start = time.perf_counter()
    torch_randperm(1, seed=1, skipped_words=SKIPPED_WORDS)
    return Result(
        name="10^10 words of torch's generator skipped",
        value=time.perf_counter() - start,
        unit="s",
        note="once",
    )


def _around_the_threshold() -> Result:
    """Where torch changes its way to permute, answers were recorded from real ones."""
    records = recorded("huge")
    differing = sum(list(our_answers(calls)) != calls.answers for calls in records)
    return Result(
        name="torch's permutation around 2^32 / 20",
        value=differing,
        unit="differ",
        bar=EQUALITY,
        peer=f"torch {', '.join(sorted({calls.version for calls in records}))}, recorded",
        note=f"{len(records)} records",
    )

"""How fast sample indices come out of a DataLoader of torch: our sampler against torch's own.

Both sides build their sampler, put it into `DataLoader(dataset, batch_sampler=...)` and take a
whole epoch of one rank of two, in the same process of torch, by turns. The dataset gives the
indices back and nothing is collated, so that the way of the indices is what is timed. Ours come
from a service in a process of its own on this machine, checked by their digests, with everything
that a new sampler does at first; or, where the row says so, are computed offline with NumPy.
Theirs are `DistributedSampler` and `BatchSampler`.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.bench.contest import Contest
from tests.bench.mode import Mode
from tests.bench.peer import ROOT, Peer
from tests.bench.result import Bar, Result
from tests.bench.wire.servers import Server, service

MILLION = 10**6
RANKS = 2
LEAST_SPEED = Bar(limit=1)


class Case(NamedTuple):
    """A loader that is fed by both.

    Attributes:
        micro_batch_size: Indices of a list.
        size: Samples of the dataset.
        workers: Processes of the loader; 0: it loads by itself.
        offline: Whether ours asks no service.
    """

    micro_batch_size: int
    size: int = 2 * MILLION
    workers: int = 0
    offline: bool = False

    @property
    def name(self) -> str:
        loader = f", {self.workers} workers" if self.workers else ""
        return f"lists of {self.micro_batch_size}{loader}{', offline' if self.offline else ''}"


CASES = (Case(32), Case(256), Case(4_096), Case(256, workers=2), Case(256, offline=True))


def measure(mode: Mode) -> Iterator[Result]:
    if reason := Peer.missing("torch"):
        yield Result.not_measured("indices into a DataLoader", reason, bar=LEAST_SPEED)
        return
    with service() as server, Peer("torch", "torch_loader") as peer:
        for case in CASES:
            contest = _contest(case, server, peer)
            result = contest.result(mode.repetitions(full=15, quick=1), warm_up=mode.is_full)
            yield result
            yield _speed(case, result)


def _speed(case: Case, result: Result) -> Result:
    """The speed itself, which is what was promised."""
    speed = result.ours.median if result.ours else float("nan")
    # workers get their lists through pipes, whose speed is torch's own
    bar = None if case.workers else LEAST_SPEED
    return Result(name=f"speed, {case.name}", value=speed, unit="Mi/s", bar=bar)


def _contest(case: Case, server: Server, peer: Peer) -> Contest:
    plan = _plan(case, server)
    question = {"url": server.address, "plan_id": plan["plan_id"], "paths": _paths()}
    ours = partial(_taken, peer, case, "planned", **question, offline=case.offline)
    theirs = partial(
        _taken,
        peer,
        case,
        "distributed",
        size=case.size,
        ranks=RANKS,
        micro_batch_size=case.micro_batch_size,
    )
    return Contest(
        name=f"an epoch into a DataLoader, {case.name}",
        ours=ours,
        our_indices=case.size // RANKS,
        theirs=theirs,
        peer=f"{peer.name} DistributedSampler and BatchSampler",
        unit="x torch",
    )


def _taken(peer: Peer, case: Case, task: str, **question: Any) -> float:
    """Seconds of a task that yields all indices of a rank."""
    found = peer.ask(task, workers=case.workers, **question)
    if found["indices"] != case.size // RANKS:
        message = f"{task} yields {found['indices']} indices instead of {case.size // RANKS}"
        raise RuntimeError(message)
    return float(found["seconds"])


def _plan(case: Case, server: Server) -> dict[str, Any]:
    spec = {
        "dataset_size": case.size,
        "micro_batch_size": case.micro_batch_size,
        "data_parallel_size": RANKS,
        "epochs": 1,
    }
    answer: dict[str, Any] = httpx.post(f"{server.address}/v1/plans", json=spec).json()
    return answer


def _paths() -> list[str]:
    """Where the peer finds our package and httpx, behind everything of its own."""
    return [str(ROOT / "client"), str(Path(httpx.__file__).parents[1])]

"""A whole epoch of the native order against the orders of real frameworks.

Ours: `order.fill(out, start=0)` for the third epoch of a plan, one thread, into an int64 buffer
that is made once and written before. Theirs, each one in an environment of its own:

- Mosaic Streaming: `get_shuffle_py1e` and `get_shuffle_py1s`, shards of 10,000 samples, one
  canonical node, the default block size;
- Grain: `index_shuffle`, called for 50,000 positions of a pass of 10^6 one after another, as its
  datasets do, and `IndexSampler[position].record_key` for as many;
- torch: `list(DistributedSampler(...))` with one replica, which shuffles and lists;
- Megatron: the micro-batches of `MegatronPretrainingRandomSampler` (dataloader_type cyclic), out
  of the checkout that MEGATRON_LM names.

Only Grain's are orders with random access; the others produce a whole epoch or nothing.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.bench.contest import Contest
from tests.bench.interleaved import Side
from tests.bench.mode import Mode
from tests.bench.native import epoch_name, full_epoch, goes
from tests.bench.peer import Peer
from tests.bench.result import Result

MILLION, TEN_MILLION = 10**6, 10**7

Contests = Callable[[Peer, Mode], Iterator[Contest]]


def measure(mode: Mode) -> Iterator[Result]:
    for environment, contests in PEERS.items():
        if reason := _missing(environment):
            yield Result.not_measured(f"full epoch against {environment}", reason)
            continue
        with Peer(environment, f"{environment}_orders") as peer:
            for contest in contests(peer, mode):
                yield contest.result(_repetitions(contest, mode))


def _missing(environment: str) -> str:
    if environment == "megatron" and not _checkout().is_dir():
        return "MEGATRON_LM names no checkout of NVIDIA/Megatron-LM (tag core_v0.16.1)"
    return Peer.missing(environment)


def _checkout() -> Path:
    return Path(os.environ.get("MEGATRON_LM", "absent"))


def _repetitions(contest: Contest, mode: Mode) -> int:
    if contest.our_indices > MILLION or contest.their_indices:
        return mode.repetitions(full=5, quick=1)
    return mode.repetitions(full=11, quick=1)


def _streaming(peer: Peer, mode: Mode) -> Iterator[Contest]:
    for size in (MILLION, TEN_MILLION) if mode.is_full else (MILLION,):
        for algorithm in ("py1e", "py1s"):
            theirs = _asked(peer, "shuffle", algorithm=algorithm, size=size, goes=goes(size))
            yield _contest(size, theirs, f"{peer.name} get_shuffle_{algorithm}")


def _grain(peer: Peer, mode: Mode) -> Iterator[Contest]:
    indices = mode.repetitions(full=50_000, quick=10_000)
    for task, called in (("index_shuffle", "index_shuffle"), ("index_sampler", "IndexSampler")):
        theirs = _asked(peer, task, size=MILLION, count=indices)
        contest = _contest(MILLION, theirs, f"{peer.name} {called}, one call an index")
        note = f"theirs: the first {indices:,} indices only"
        yield replace(contest, their_indices=indices, note=note)


def _torch(peer: Peer, _: Mode) -> Iterator[Contest]:
    theirs = _asked(peer, "distributed_sampler", size=MILLION)
    yield _contest(MILLION, theirs, f"{peer.name} list(DistributedSampler), 1 thread")


def _megatron(peer: Peer, _: Mode) -> Iterator[Contest]:
    theirs = _asked(peer, "cyclic_sampler", size=MILLION)
    yield _contest(MILLION, theirs, f"{peer.name} MegatronPretrainingRandomSampler")


PEERS: dict[str, Contests] = {
    "streaming": _streaming,
    "grain": _grain,
    "torch": _torch,
    "megatron": _megatron,
}


def _contest(size: int, theirs: Side, peer: str) -> Contest:
    return Contest(
        name=f"{epoch_name(size)}, {peer.split(maxsplit=2)[2].partition(',')[0]}",
        ours=full_epoch(size),
        our_indices=size,
        theirs=theirs,
        peer=peer,
        unit=f"x {peer.split(maxsplit=1)[0]}",
    )


def _asked(peer: Peer, task: str, **question: object) -> Side:
    seeds = count()
    return lambda: peer.seconds(task, **question, seed=next(seeds))

"""Fingerprints of an order: digests of a few fixed slices, whatever its size."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from app.arithmetic.run import Run
from app.errors import Fault, WorkLimitError
from app.plan.planner import Plan
from app.sampling.filling import filled
from app.sampling.layout import Progression

SLICE_POSITIONS = 1_024
"""Positions of a slice; a shorter epoch has a single slice."""

_SLICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Consecutive positions of an epoch.

    Attributes:
        epoch: In [0, epochs).
        start_position: First position.
        stop_position: Position behind the last one.
    """

    epoch: int
    start_position: int
    stop_position: int

    @property
    def part(self) -> Progression:
        """The positions."""
        return Progression(self.start_position, 1, self.stop_position - self.start_position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """The digest of a slice.

    Attributes:
        slice: What it is taken of.
        sha256: Of the sample indices as little-endian int64; 64 hexadecimal digits.
    """

    slice: Slice
    sha256: str


def watched_epochs(run: Run) -> tuple[int, ...]:
    """The first, the middle and the last epoch of a run."""
    return tuple(sorted({0, run.epochs // 2, run.epochs - 1}))


def watched_slices(run: Run) -> Iterator[Slice]:
    """The start, the middle and the end of every watched epoch."""
    for epoch in watched_epochs(run):
        samples = run.samples_in_epoch(epoch)
        if samples <= _SLICES * SLICE_POSITIONS:
            yield Slice(epoch=epoch, start_position=0, stop_position=samples)
            continue
        last = samples - SLICE_POSITIONS
        for start in (0, last // 2, last):
            stop = start + SLICE_POSITIONS
            yield Slice(epoch=epoch, start_position=start, stop_position=stop)


def check_fingerprint_work(plan: Plan, *, limit: int) -> None:
    """Refuse fingerprints that cost more than one request may cause.

    Raises:
        WorkLimitError: Before anything is computed.
    """
    work = sum(plan.order(each.epoch).work(each.part) for each in watched_slices(plan.run))
    if work > limit:
        raise WorkLimitError([_too_much(work, limit)])


def fingerprints(plan: Plan) -> tuple[Fingerprint, ...]:
    """The fingerprints of a plan's order, in milliseconds where it has random access.

    >>> from app.arithmetic.draft import SpecDraft
    >>> from app.plan.planner import plan_draft
    >>> plan = plan_draft(SpecDraft(dataset_size=10**12, global_batch_size=10**6, samples=10**12))
    >>> [each.slice.start_position for each in fingerprints(plan)]
    [0, 499999999488, 999999998976]
    """
    return tuple(
        Fingerprint(slice=each, sha256=_digest(plan, each)) for each in watched_slices(plan.run)
    )


def _digest(plan: Plan, each: Slice) -> str:
    indices = filled(plan.order(each.epoch), each.part)
    return sha256(indices.astype(np.dtype("<i8"), copy=False).tobytes()).hexdigest()


def _too_much(work: int, limit: int) -> Fault:
    return Fault(
        code="fingerprint-work",
        pointer="/framework",
        detail=f"the fingerprints of this order take {work} computed indices; this service "
        f"computes at most {limit} for one request",
        given=work,
        allowed=f"an order whose slices take at most {limit} indices",
    )

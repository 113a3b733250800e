"""SHA-256 of a raw manifest, computed in blocks and bounded before it starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from app.errors import Fault, WorkLimitError
from app.manifest.blocks import index_blocks
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Fingerprint of exactly the bytes of a raw manifest.

    Attributes:
        sha256: 64 hexadecimal digits.
        sample_count: Indices that went into it.
        size: Bytes that went into it.
    """

    sha256: str
    sample_count: int
    size: int


def check_digest_work(selection: Selection, *, limit: int) -> None:
    """Refuse a digest that costs more than one request may cause.

    Raises:
        WorkLimitError: With the largest stop_step that is within the limit.
    """
    if selection.work() > limit:
        raise WorkLimitError([_too_much(selection, limit)])


def growing_digest(selection: Selection, index_type: IndexType) -> Iterator[Digest]:
    """Computes a digest block by block.

    Yields:
        The digest of everything so far, from nothing on; the last one is the answer.
    """
    state, count = sha256(), 0
    yield Digest(sha256=state.hexdigest(), sample_count=0, size=0)
    for block in index_blocks(selection, index_type=index_type):
        state.update(index_type.little_endian(block).data)
        count += len(block)
        size = count * index_type.item_bytes
        yield Digest(sha256=state.hexdigest(), sample_count=count, size=size)


def _too_much(selection: Selection, limit: int) -> Fault:
    stop = selection.longest(lambda part: part.work() <= limit).stop_step
    nearest = (stop,) if stop > selection.start_step else ()
    several = selection.rank is None and selection.plan.spec.batch.data_parallel_size > 1
    otherwise = "no step; ask for one rank" if several else "no step"
    slice_allowed = f"[{selection.start_step}, {stop})" if nearest else otherwise
    return Fault(
        code="digest-too-long",
        pointer="/stop_step",
        detail=f"the digest takes {selection.work()} computed indices; one "
        f"request may cause {limit}",
        given=selection.stop_step,
        allowed=f"the largest slice of steps from here is {slice_allowed}",
        nearest=nearest,
    )

"""In which order the positions of a stream are read, when several ranks and workers read them.

A stream position is a place in the stream as it is defined; position p belongs to rank p mod W, as
its member p div W. A position is a place in the order in which micro-batches come out.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div


class StreamReading(Protocol):
    """Positions -> stream positions, with random access in both directions."""

    def stream_positions(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stands at many positions; may be the array that was given."""
        ...

    def position_of(self, stream_position: int) -> int:
        """Where a stream position is read; at or behind the end of the run if it never is."""
        ...

    def span(self, positions: range) -> range:
        """Stream positions among which a contiguous range of positions finds all of its own."""
        ...


@dataclass(frozen=True, slots=True)
class InTurn:
    """The stream as it is: consecutive stream positions go round the ranks.

    >>> InTurn().span(range(3, 9))
    range(3, 9)
    """

    def stream_positions(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stands at many positions: themselves."""
        return positions

    def position_of(self, stream_position: int) -> int:
        """Where a stream position is read."""
        return stream_position

    def span(self, positions: range) -> range:
        """The positions themselves."""
        return positions


IN_TURN: Final = InTurn()


@dataclass(frozen=True, slots=True, kw_only=True)
class RankByRank:
    """The same stream, listed micro-batch by micro-batch: each rank's positions are a block.

    >>> rows = RankByRank(ranks=3, micro_batch_size=2)
    >>> rows.stream_positions(np.arange(6)).tolist(), rows.position_of(3)
    ([0, 3, 1, 4, 2, 5], 1)

    Attributes:
        ranks: How many ranks.
        micro_batch_size: Samples per rank per micro-step.
    """

    ranks: int
    micro_batch_size: int

    def stream_positions(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stands at many positions."""
        row = self.ranks * self.micro_batch_size
        inner = positions % row
        rank, slot = inner // self.micro_batch_size, inner % self.micro_batch_size
        return positions - inner + slot * self.ranks + rank

    def position_of(self, stream_position: int) -> int:
        """Where a stream position is read."""
        row = self.ranks * self.micro_batch_size
        slot, rank = divmod(stream_position % row, self.ranks)
        return stream_position - stream_position % row + rank * self.micro_batch_size + slot

    def span(self, positions: range) -> range:
        """The rows that the positions touch."""
        row = self.ranks * self.micro_batch_size
        return range(positions.start // row * row, ceil_div(positions.stop, row) * row)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerByWorker:
    """Workers of a rank take its members in turn, and hand over their micro-batches in turn.

    Worker w of K batches the members w, w + K, w + 2K, ... A round of K micro-batches is full but
    for the last round: there the first workers may have one member more than the others.

    Source: grain 0.2.18, `grain/_src/python/dataset/transformations/process_prefetch.py` slices
    the dataset of a rank; `interleave.py` there hands over the batches.

    >>> workers = WorkerByWorker(ranks=1, micro_batch_size=2, workers=3, members=10)
    >>> workers.stream_positions(np.arange(10)).tolist(), workers.position_of(9)
    ([0, 3, 1, 4, 2, 5, 6, 9, 7, 8], 7)

    Attributes:
        ranks: How many ranks.
        micro_batch_size: Samples per rank per micro-step.
        workers: Of every rank, at least 1.
        members: Stream positions of every rank.
    """

    ranks: int
    micro_batch_size: int
    workers: int
    members: int

    @property
    def round_members(self) -> int:
        """Members of a rank in a full round of its workers."""
        return self.workers * self.micro_batch_size

    @property
    def full_members(self) -> int:
        """Members of a rank in all full rounds."""
        return self.members - self.members % self.round_members

    @property
    def last_round(self) -> tuple[int, int]:
        """Least members of a worker in the last round, and workers that have one more."""
        return divmod(self.members % self.round_members, self.workers)

    def stream_positions(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stands at many positions."""
        place, rank = positions // self.ranks, positions % self.ranks
        late = place >= self.full_members
        member = np.empty_like(place)
        member[~late] = self._in_full_rounds(place[~late])
        member[late] = self._in_last_round(place[late] - self.full_members)
        return member * self.ranks + rank

    def position_of(self, stream_position: int) -> int:
        """Where a stream position is read."""
        member, rank = divmod(stream_position, self.ranks)
        if member >= self.full_members:
            late, worker = divmod(member - self.full_members, self.workers)
            least, more = self.last_round
            place = self.full_members + worker * least + min(worker, more) + late
        else:
            number, worker = divmod(member % self.round_members, self.workers)
            place = member - member % self.round_members + worker * self.micro_batch_size + number
        return place * self.ranks + rank

    def span(self, positions: range) -> range:
        """The rounds that the positions touch."""
        size = self.round_members * self.ranks
        stop = min(ceil_div(positions.stop, size) * size, self.members * self.ranks)
        return range(positions.start // size * size, stop)

    def _in_full_rounds(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(place):  # a round may be longer than any array can count
            return place
        inner = place % self.round_members
        worker, number = inner // self.micro_batch_size, inner % self.micro_batch_size
        return place - inner + worker + self.workers * number

    def _in_last_round(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        least, more = self.last_round
        beyond = place - more * (least + 1)
        size = np.where(beyond < 0, least + 1, max(least, 1))
        inner = np.where(beyond < 0, place, beyond)
        worker = inner // size + np.where(beyond < 0, 0, more)
        member: NDArray[np.int64] = self.full_members + worker + self.workers * (inner % size)
        return member

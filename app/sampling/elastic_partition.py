"""How mosaicml-streaming hands the samples of an epoch out to nodes and ranks.

mosaicml-streaming 0.13.0 builds the whole partition as an array, in
streaming/base/partition/orig.py. Every entry of it follows from its place alone, so that nothing
is built here: an entry costs the same in a dataset of any size.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div

Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ElasticPartition:
    """Consecutive samples are cut into rows, one per canonical node, and read column by column.

    Entries of the columns go round the physical nodes, and those of a node round its ranks: each
    rank has its own sequence of turns. Rows and nodes of unequal length are filled up with
    repeated samples.

    >>> partition = ElasticPartition(sample_count=11, canonical_nodes=2, nodes=1, ranks_per_node=2)
    >>> [partition.samples_at(np.full(6, rank), np.arange(6)).tolist() for rank in range(2)]
    [[0, 1, 2, 3, 4, 4], [5, 6, 7, 8, 9, 10]]

    Attributes:
        sample_count: Samples that are handed out, in [1, 2^62].
        canonical_nodes: Rows, in [1, 2^30]; a multiple or a divisor of nodes.
        nodes: Physical nodes, in [1, 2^30].
        ranks_per_node: Ranks of every node.
        first_entry: Entries that were taken before; rounded down to a multiple of nodes.
    """

    sample_count: int
    canonical_nodes: int
    nodes: int
    ranks_per_node: int
    first_entry: int = 0

    @property
    def data_parallel_size(self) -> int:
        """Ranks of all nodes."""
        return self.nodes * self.ranks_per_node

    @cached_property
    def turns(self) -> int:
        """Entries of every rank."""
        return ceil_div(self._entries_per_node, self.ranks_per_node)

    @cached_property
    def is_tiled(self) -> bool:
        """Whether the samples are repeated from the first on, for want of one in every row."""
        if self.sample_count == self.canonical_nodes:
            return self.canonical_nodes < self.nodes
        return self.sample_count < self.canonical_nodes

    @cached_property
    def overruns(self) -> bool:
        """Whether a row is too short to repeat its own samples; the package then fails."""
        too_short = self._row_length < self._repeat_distance
        return too_short and self._row_padding > 0 and not self.is_tiled

    @cached_property
    def repeats_anew(self) -> bool:
        """Whether a node fills itself up by its samples from the first on, for want of others."""
        return self._missing_per_node > 0 and self._entries_per_node < self._way_back

    def samples_at(self, rank: Indices, turn: Indices) -> Indices:
        """The samples that ranks get in their turns.

        Args:
            rank: int64; each in [0, data_parallel_size).
            turn: int64, same shape; each in [0, turns).

        Returns:
            int64, same shape: samples in [0, sample_count).
        """
        node, rank_of_node = divided(rank, self.ranks_per_node)
        entry = turn * self.ranks_per_node + rank_of_node
        if self._missing_per_node:
            length = self._entries_per_node
            repeated = entry % length if self.repeats_anew else entry - self._way_back
            entry = np.where(entry < length, entry, repeated)
        return self._samples(self._first_column_entry + entry * self.nodes + node)

    def distinct_samples(self, turns: int) -> int:
        """Different samples among the first turns of all ranks.

        >>> partition = ElasticPartition(
        ...     sample_count=11, canonical_nodes=2, nodes=1, ranks_per_node=2
        ... )
        >>> [partition.distinct_samples(turns) for turns in range(7)]
        [0, 2, 4, 6, 8, 10, 11]

        Args:
            turns: In [0, turns].
        """
        alike = min(turns, self._distinct_turns)
        return alike * self.data_parallel_size + len(np.unique(self.late_samples(turns)))

    def late_samples(self, turns: int) -> Indices:
        """Samples among the first turns of all ranks that a later turn may repeat.

        Args:
            turns: In [0, turns].

        Returns:
            int64, about as many as there are ranks and canonical nodes.
        """
        return self.samples_at(*self._late_entries(turns * self.data_parallel_size))

    def repeats(self, rank: int, turn: int) -> bool:
        """Whether the sample of a turn was handed out before, in turn after turn of all ranks."""
        entry = turn * self.data_parallel_size + rank
        *before, sample = self.samples_at(*self._late_entries(entry + 1)).tolist() or [None]
        return sample in before

    def _late_entries(self, stop: int) -> tuple[Indices, Indices]:
        """Ranks and turns of the entries that may repeat one another, before an entry."""
        start = self._distinct_turns * self.data_parallel_size
        turn, rank = divided(np.arange(start, stop), self.data_parallel_size)
        return rank, turn

    @cached_property
    def _distinct_turns(self) -> int:
        """Turns in which every sample is handed out for the only time.

        What is repeated stands close to the end of its row or of its node; a partition that is
        tiled has about as many entries as there are nodes.
        """
        if self.is_tiled:
            return 0
        columns = max(0, self._row_length - self._repeat_distance - 2)
        entries = columns * self.canonical_nodes - self._first_column_entry
        of_node = min(entries // self.nodes, self._entries_per_node - 2 * self.ranks_per_node)
        return max(0, of_node // self.ranks_per_node)

    def _samples(self, entries: Indices) -> Indices:
        """Sample of every entry, repeated ones at the end of a row in their places."""
        column, row = divided(entries, self.canonical_nodes)
        length = self._row_length
        if self.is_tiled:
            return (row * (length + self._row_padding) + column) % self.sample_count
        if self._row_padding:
            column -= np.where(column >= length, self._repeat_distance, 0)
        samples = self._row_start(row) + column
        if self.sample_count % self.canonical_nodes:  # a short row repeats its last sample
            samples -= samples == self._row_start(row + 1)
        return samples

    def _row_start(self, row: Indices) -> Indices:
        """First sample of a row, without the product row * sample_count, which overflows."""
        each, rest = divmod(self.sample_count, self.canonical_nodes)
        return row * each + row * rest // self.canonical_nodes

    @cached_property
    def _row_length(self) -> int:
        return ceil_div(self.sample_count, self.canonical_nodes)

    @cached_property
    def _node_ratio(self) -> int:
        """Physical nodes that share a row."""
        return max(1, self.nodes // self.canonical_nodes)

    @cached_property
    def _row_padding(self) -> int:
        return -self._row_length % self._node_ratio

    @cached_property
    def _repeat_distance(self) -> int:
        """How far back in its row the padding takes its samples from."""
        return self._row_padding + self._node_ratio - 1

    @cached_property
    def _first_column_entry(self) -> int:
        return self.first_entry - self.first_entry % self.nodes

    @cached_property
    def _entries_per_node(self) -> int:
        entries = self.canonical_nodes * (self._row_length + self._row_padding)
        return max(0, entries - self._first_column_entry) // self.nodes

    @cached_property
    def _missing_per_node(self) -> int:
        return -self._entries_per_node % self.ranks_per_node

    @cached_property
    def _way_back(self) -> int:
        """How far back a node takes the samples from that fill it up."""
        return self.ranks_per_node + self._missing_per_node - 1


def divided(dividend: Indices, divisor: int) -> tuple[Indices, Indices]:
    """Quotients and remainders; faster than numpy.divmod, which has no such way for a scalar.

    >>> divided(np.array([7, 8, 9]), 4)
    (array([1, 2, 2]), array([3, 0, 1]))
    """
    quotient = dividend // divisor
    return quotient, dividend - quotient * divisor

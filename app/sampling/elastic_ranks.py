"""What the loaders of the ranks make of an elastic partition."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.sampling.elastic_partition import ElasticPartition, Indices, divided

BLANK = -1
"""Stands for a place without a sample."""


@dataclass(frozen=True, kw_only=True)
class ElasticRanks:
    """Ranks that take an epoch which was partitioned for them, or for the ranks of another run.

    Positions go round the ranks, turn by turn; only the last micro-step can be short. The
    partition fills it up with entries of -1, which loaders skip. Where the partition was made for
    other ranks (mosaicml-streaming 0.13.0, streaming/base/partition/relaxed.py), its last entries
    fall unevenly: a rank may have a full micro-batch, a short one or none. A micro-step in which
    no rank has a sample is none at all.

    >>> partition = ElasticPartition(sample_count=10, canonical_nodes=1, nodes=1, ranks_per_node=2)
    >>> ranks = ElasticRanks(
    ...     partition=partition, data_parallel_size=2, micro_batch_size=2, drop_last=False
    ... )
    >>> ranks.position_count, ranks.yielded_samples
    (12, 10)
    >>> [ranks.samples(np.arange(rank, 12, 2)).tolist() for rank in range(2)]
    [[0, 2, 4, 6, 8, -1], [1, 3, 5, 7, 9, -1]]

    Attributes:
        partition: The entries of the epoch.
        data_parallel_size: Ranks that take them; it divides the samples of a micro-step of the
            ranks that the partition was made for.
        micro_batch_size: Samples per rank per micro-step.
        drop_last: Whether a loader drops a micro-batch that is not full; its places are blank.
        as_loaded: Whether places that loaders skip are left out, except for those that a rank has
            less than others.
    """

    partition: ElasticPartition
    data_parallel_size: int
    micro_batch_size: int
    drop_last: bool
    as_loaded: bool = False

    @cached_property
    def position_count(self) -> int:
        """Positions of the epoch, blank ones included."""
        most, _ = self.last_shares
        if most and not self.as_loaded:
            most = self.micro_batch_size
        return self._full_micro_steps * self._row_samples + most * self.data_parallel_size

    @cached_property
    def yielded_samples(self) -> int:
        """Samples that all loaders together yield."""
        return self._full_micro_steps * self._row_samples + int(self._last_counts.sum())

    @property
    def last_shares(self) -> tuple[int, int]:
        """Most and fewest samples of a rank in the last micro-step, if that is short; else 0."""
        return int(self._last_counts.max()), int(self._last_counts.min())

    @property
    def is_uneven(self) -> bool:
        """Whether some ranks have fewer samples than others in the last micro-step."""
        most, least = self.last_shares
        return most > least

    @property
    def blanks(self) -> int:
        """Positions without a sample."""
        return self.position_count - self.yielded_samples

    @cached_property
    def distinct_samples(self) -> int:
        """Different samples that all loaders together yield."""
        return self.distinct_until(self.position_count)

    def distinct_until(self, position: int) -> int:
        """Different samples before a position that begins or ends a micro-step.

        The package hands the same samples out before the last micro-step, whoever takes them.
        """
        full = min(position, self._full_micro_steps * self._row_samples)
        turns = full // self.partition.data_parallel_size
        distinct = self.partition.distinct_samples(turns)
        if position == full:
            return distinct
        if not self.drop_last:
            return self.partition.distinct_samples(self.partition.turns)
        last = self.samples(np.arange(full, position))
        return distinct + self._new_samples(last[last != BLANK], turns)

    def samples(self, positions: Indices) -> Indices:
        """Sample at every position; -1 where it is blank.

        Args:
            positions: int64; each in [0, position_count).
        """
        turn, rank = divided(positions, self.data_parallel_size)
        if not self.as_loaded:
            return self._entries(rank, turn)
        if self._partition_micro_batch == self.micro_batch_size:
            return self.partition.samples_at(rank, turn)
        return self._skipping(rank, turn)

    def _entries(self, rank: Indices, turn: Indices) -> Indices:
        """Samples where the partition has them; -1 in its empty entries."""
        if self._partition_micro_batch == self.micro_batch_size:
            return self._samples_before_the_end(rank, turn)
        micro_step, slot = divided(turn, self.micro_batch_size)
        place = rank * self.micro_batch_size + slot
        owner, own_slot = divided(place, self._partition_micro_batch)
        own_turn = micro_step * self._partition_micro_batch + own_slot
        samples = self._samples_before_the_end(owner, own_turn)
        if self.drop_last:
            is_dropped = (micro_step == self._full_micro_steps) & (self._last_counts[rank] == 0)
            samples[is_dropped] = BLANK
        return samples

    def _samples_before_the_end(self, rank: Indices, turn: Indices) -> Indices:
        """Samples that ranks of the partition get in their turns; -1 behind the last turn."""
        filled = turn < self.partition.turns
        if filled.all():
            return self.partition.samples_at(rank, turn)
        samples = self.partition.samples_at(rank, np.where(filled, turn, 0))
        return np.where(filled, samples, BLANK)

    def _skipping(self, rank: Indices, turn: Indices) -> Indices:
        """Samples as loaders yield them: those of a short micro-batch close up."""
        micro_step, slot = divided(turn, self.micro_batch_size)
        is_full = micro_step < self._full_micro_steps
        filled = is_full | (slot < self._last_counts[rank])
        place = slot + np.where(is_full, rank * self.micro_batch_size, self._last_starts[rank])
        slots = np.where(is_full, self._partition_micro_batch, max(1, self._rest))
        owner, own_slot = np.divmod(np.where(filled, place, 0), slots)
        own_turn = micro_step * self._partition_micro_batch + own_slot
        return np.where(filled, self.partition.samples_at(owner, own_turn), BLANK)

    def _new_samples(self, samples: Indices, turns: int) -> int:
        """How many of some samples are not among the first turns of the partition."""
        distinct = np.unique(samples)
        before = self.partition.late_samples(turns)
        return len(distinct) - int(np.isin(distinct, before).sum())

    @property
    def _row_samples(self) -> int:
        return self.data_parallel_size * self.micro_batch_size

    @property
    def _partition_micro_batch(self) -> int:
        return self._row_samples // self.partition.data_parallel_size

    @cached_property
    def _full_micro_steps(self) -> int:
        return self.partition.turns // self._partition_micro_batch

    @property
    def _rest(self) -> int:
        """Turns of the partition in the last micro-step, if that is short."""
        return self.partition.turns % self._partition_micro_batch

    @cached_property
    def _last_starts(self) -> Indices:
        """Entries of the last micro-step before those of every rank, and of all."""
        places = np.arange(self.data_parallel_size + 1) * self.micro_batch_size
        owners, slots = divided(places, self._partition_micro_batch)
        return owners * self._rest + np.minimum(slots, self._rest)

    @cached_property
    def _last_counts(self) -> Indices:
        """Samples of every rank in the last micro-step, if that is short; else zeros."""
        counts = np.diff(self._last_starts)
        return np.where(counts == self.micro_batch_size, counts, 0) if self.drop_last else counts

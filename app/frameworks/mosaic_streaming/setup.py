"""What the parameters of StreamingDataset make of a spec: nodes, partition, epoch shapes."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, Final

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks.mosaic_streaming.options import STREAMING_OPTIONS
from app.sampling.elastic_partition import ElasticPartition
from app.sampling.elastic_ranks import ElasticRanks

_DEFAULTS: Final[dict[str, Any]] = {option.name: option.default for option in STREAMING_OPTIONS}
_CANONICAL_PER_NODE: Final = {"py1s": 64, "py2s": 64}
"""Canonical nodes per physical node where nothing is said, if there are several."""


@dataclass(frozen=True)
class StreamingSetup:
    """A spec as StreamingDataset, its world and its loader see it.

    Source: mosaicml-streaming 0.13.0, streaming/base/dataset.py (`_resume`, `state_dict`,
    `__init__`) and streaming/base/partition.

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.spec import Budget, BudgetUnit
    >>> batch = solve_batch(micro_batch_size=2, data_parallel_size=4)
    >>> budget = Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(1))
    >>> setup = StreamingSetup(TrainingSpec(dataset_size=61, batch=batch, budget=budget))
    >>> setup.canonical_nodes, setup.dataset_length, setup.repeated_samples
    (1, 16, 3)

    Attributes:
        spec: The spec.
    """

    spec: TrainingSpec

    @cached_property
    def options(self) -> dict[str, Any]:
        """Every option, the default where it is not given; of the kind that its Option says."""
        return _DEFAULTS | dict(self.spec.framework.options.entries)

    @property
    def ranks(self) -> int:
        """Ranks of all nodes."""
        return self.spec.batch.data_parallel_size

    @cached_property
    def nodes(self) -> int:
        """Physical nodes; whether the ranks fill them is another matter."""
        each = self.options["ranks_per_node"]
        derived = max(1, self.ranks // each) if each else 1
        return int(self.options["num_physical_nodes"] or derived)

    @cached_property
    def ranks_per_node(self) -> int:
        """Ranks of every node."""
        return int(self.options["ranks_per_node"] or max(1, self.ranks // self.nodes))

    @property
    def fills_nodes(self) -> bool:
        """Whether the nodes have as many ranks as there are."""
        return self.nodes * self.ranks_per_node == self.ranks

    @cached_property
    def epoch_size(self) -> int:
        """Samples of an epoch before it is handed out."""
        return int(self.options["epoch_size"] or self.spec.dataset_size)

    @property
    def is_resized(self) -> bool:
        """Whether an epoch is no pass through the dataset."""
        return self.epoch_size != self.spec.dataset_size

    @property
    def is_shuffled(self) -> bool:
        """Whether StreamingDataset is told to shuffle."""
        return self.spec.sampling.method is SamplingMethod.SHUFFLE

    @property
    def taken(self) -> int:
        """Samples of the first epoch that were taken before."""
        return int(self.options["sample_in_epoch"])

    @property
    def first_nodes(self) -> int:
        """Physical nodes of the run that began it all."""
        return int(self.options["initial_physical_nodes"] or self.nodes)

    @cached_property
    def canonical_nodes(self) -> int:
        """Canonical nodes; a loaded state carries those of the first run."""
        each = _CANONICAL_PER_NODE.get(self.options["shuffle_algo"], 1)
        return int(self.options["num_canonical_nodes"] or each * self.first_nodes)

    @cached_property
    def block_size(self) -> int:
        """Samples that py1br and py1e mix."""
        derived = max(4_000_000 // self.canonical_nodes, 1 << 18)
        return int(self.options["shuffle_block_size"] or derived)

    @cached_property
    def is_relaid(self) -> bool:
        """Whether samples are handed out to the nodes of the first run, then dealt anew."""
        relaxed = self.options["partition_algo"] == "relaxed"
        resumed = self.options["initial_physical_nodes"] is not None
        return relaxed and resumed and not self.divides(self.nodes)

    def divides(self, nodes: int) -> bool:
        """Whether nodes and canonical nodes divide one another."""
        return not (self.canonical_nodes % nodes and nodes % self.canonical_nodes)

    @property
    def partition_nodes(self) -> int:
        """Physical nodes that samples are handed out to."""
        return self.first_nodes if self.is_relaid else self.nodes

    @property
    def keeps_global_batch(self) -> bool:
        """Whether the ranks of the first run share a micro-step of this one equally."""
        return self.spec.batch.row_samples % (self.partition_nodes * self.ranks_per_node) == 0

    @property
    def most_taken(self) -> int:
        """Most samples after which the package resumes an epoch."""
        return self.epoch_size + self.ranks - self.epoch_size % self.ranks

    @cached_property
    def partition(self) -> ElasticPartition:
        """A full epoch as it is handed out."""
        return self._partition(0)

    @cached_property
    def full(self) -> ElasticRanks:
        """A full epoch as its loaders take it."""
        return self._ranks(self.partition)

    @cached_property
    def first(self) -> ElasticRanks:
        """The first epoch of the run as its loaders take it."""
        return self._ranks(self._partition(self.taken)) if self.taken else self.full

    def of_epoch(self, epoch: int) -> ElasticRanks:
        """An epoch of the run as its loaders take it."""
        return self.full if epoch else self.first

    @cached_property
    def shape(self) -> EpochShape:
        """A full epoch; padding is counted against the samples of an epoch."""
        distinct = self.full.distinct_samples
        return self._shape(
            self.full,
            dropped_samples=self.epoch_size - distinct,
            padded_samples=self.full.position_count - distinct,
        )

    @cached_property
    def first_shape(self) -> EpochShape:
        """The first epoch of the run."""
        return self._shape(self.first) if self.taken else self.shape

    @property
    def dataset_length(self) -> int:
        """len() of StreamingDataset, which divides in doubles."""
        return ceil(self.epoch_size / self.ranks)

    @property
    def dataloader_length(self) -> int:
        """len() of the DataLoader, which divides in doubles."""
        size = self.spec.batch.micro_batch_size
        if self.options["drop_last"]:
            return self.dataset_length // size
        return ceil(self.dataset_length / size)

    @property
    def batches_per_worker(self) -> int:
        """Batches of every worker in the partition, empty ones included."""
        return ceil_div(self.partition.turns, self._workers * self._partition_micro_batch)

    @property
    def repeated_samples(self) -> int:
        """Entries of a full epoch that repeat a sample of it, dropped ones included."""
        return self._entries - self.epoch_size

    @property
    def empty_entries(self) -> int:
        """Entries of -1 in the partition of a full epoch, whether lists show them or not."""
        batches = self.batches_per_worker * self._workers * self.partition.data_parallel_size
        return batches * self._partition_micro_batch - self._entries

    @property
    def _entries(self) -> int:
        return self.partition.turns * self.partition.data_parallel_size

    @property
    def _workers(self) -> int:
        return max(1, int(self.options["num_workers"]))

    @property
    def _partition_micro_batch(self) -> int:
        return self.spec.batch.row_samples // self.partition.data_parallel_size

    def _partition(self, first_entry: int) -> ElasticPartition:
        return ElasticPartition(
            sample_count=self.epoch_size,
            canonical_nodes=self.canonical_nodes,
            nodes=self.partition_nodes,
            ranks_per_node=self.ranks_per_node,
            first_entry=first_entry,
        )

    def _ranks(self, partition: ElasticPartition) -> ElasticRanks:
        return ElasticRanks(
            partition=partition,
            data_parallel_size=self.ranks,
            micro_batch_size=self.spec.batch.micro_batch_size,
            drop_last=self.options["drop_last"],
            as_loaded=self.options["as_loaded"],
        )

    def _shape(self, ranks: ElasticRanks, **counts: int) -> EpochShape:
        steps = ceil_div(ranks.position_count, self.spec.batch.global_batch_size)
        return EpochShape(
            dataset_size=self.spec.dataset_size,
            batch=self.spec.batch,
            steps_per_epoch=steps,
            samples_per_epoch=ranks.position_count,
            **counts,
        )

"""mosaicml-streaming: StreamingDataset behind a DataLoader, with elastic layouts and resumption."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.pass_run import pass_run
from app.arithmetic.passes import PassPoint
from app.arithmetic.resumed_run import resumed_run
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks import schedule_findings as found
from app.frameworks.mosaic_streaming import findings as own
from app.frameworks.mosaic_streaming.coverage import streaming_coverage
from app.frameworks.mosaic_streaming.options import (
    STREAMING_OPTIONS,
    misfitting_shards,
    tiny_blocks,
)
from app.frameworks.mosaic_streaming.orders import streaming_order, streaming_table
from app.frameworks.mosaic_streaming.refusals import (
    misfitting_canonical_nodes,
    misfitting_nodes,
    misfitting_samples,
    misfitting_state,
    nothing_left,
)
from app.frameworks.mosaic_streaming.setup import StreamingSetup
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields, refused_fractions, refused_steps_per_epoch
from app.sampling.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class MosaicStreamingFramework(Framework):
    """One version of mosaicml-streaming, read by a plain training loop.

    A micro-step takes a batch of every rank's loader; the end of an epoch is an update.
    """

    name: str = "mosaic-streaming"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Length of datasets and loaders, micro-steps, padding: executed and "
                "compared.",
                "order": "Every index of every rank, shuffled, resampled and resumed, and every -1 "
                "that fills a micro-batch up, as in the partition, in the order in which loaders "
                "take it: executed and compared, with NumPy 2.1; with as_loaded as loaders yield "
                "it, without -1.",
            },
            limits={
                "streams": "One stream, batching_method random, no replication.",
                "seed": "sampling.seed is shuffle_seed, whose default in the package is 9176; "
                "StreamingDataset shuffles only when it is told to.",
                "blanks": "Samples of a plan count places, those of -1 included, except with "
                "as_loaded. Micro-batches that are -1 on every rank, as the partition has them to "
                "make the workers of a rank even, and those that drop_last takes from every rank "
                "are no micro-steps: no loader yields them, and lists end before them.",
                "state": "Epochs after the first one of a resumed run take the loaded state for "
                "known to their workers; a finding says where that matters.",
                "numpy": "Shuffles are those of NumPy's generator PCG64, the same in 2.1 to 2.4. "
                "Places that py1e draws twice, as it may among a hundred million samples, are "
                "sorted in an order that depends on the processor.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """StreamingDataset with and without shuffle."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of dataset, loader, world and loaded state."""
        return STREAMING_OPTIONS

    def completed(self, draft: SpecDraft) -> SpecDraft:
        """The draft with the ranks of all nodes, where both are told."""
        nodes = self.option(draft, "num_physical_nodes")
        each = self.option(draft, "ranks_per_node")
        if draft.gives("data_parallel_size") or not isinstance(nodes, int):
            return draft
        return replace(draft, data_parallel_size=nodes * each) if isinstance(each, int) else draft

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What StreamingDataset has none of, and options that exclude each other."""
        yield from refused_fields(self, draft, remainder="drop_last")
        yield from refused_steps_per_epoch(self, draft, instead="epoch_size")
        yield from refused_fractions(self, draft)
        yield from misfitting_shards(self, draft)
        yield from tiny_blocks(self, draft)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Layouts without a partition, and runs without a step."""
        setup = StreamingSetup(spec)
        faults = [*misfitting_nodes(setup)]
        faults = faults or [*misfitting_canonical_nodes(setup), *misfitting_state(setup)]
        faults = faults or [*misfitting_samples(setup)]
        yield from faults or nothing_left(setup)

    def run(self, spec: TrainingSpec) -> Run:
        """Epochs as long as the loaders, the first one shorter where it was resumed."""
        setup = StreamingSetup(spec)
        if setup.taken:
            return resumed_run(setup.first_shape, setup.shape, spec.budget)
        return pass_run(setup.shape, spec.budget)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        del run
        return streaming_order(StreamingSetup(spec), epoch)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """What it takes to shuffle or resample the whole epoch."""
        del epoch
        table = streaming_table(StreamingSetup(spec))
        return table.work if table else 0

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run; an estimate where epochs leave different ones out."""
        return streaming_coverage(StreamingSetup(spec), run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        setup = StreamingSetup(spec)
        yield from own.partition_padded(setup)
        yield from own.fewer_samples_than_nodes(setup)
        yield from own.unequal_ranks(setup)
        yield from own.loader_length_differs(setup)
        yield from found.samples_dropped(run, field="/framework/drop_last", suggestion=own.EVEN)
        yield from own.short_last_step(setup, run)
        yield from own.shards_assumed(setup)
        yield from own.shards_not_mixed(setup)
        yield from own.resumed_elsewhere(setup)
        yield from own.state_forgotten(setup, run)
        yield from found.fractional_last_epoch(spec, run)
        if setup.is_shuffled and setup.options["shuffle_algo"] == "naive":
            yield from found.epochs_overlap(spec, run)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Lengths under the package's names, and what a full epoch repeats or leaves empty."""
        del run
        setup = StreamingSetup(spec)
        return {
            "epoch_size": setup.epoch_size,
            "num_canonical_nodes": setup.canonical_nodes,
            "dataset_length": setup.dataset_length,
            "dataloader_length": setup.dataloader_length,
            "batches_per_worker": setup.batches_per_worker,
            "repeated_samples_per_epoch": setup.repeated_samples,
            "empty_entries_per_epoch": setup.empty_entries,
            "yielded_samples_per_epoch": setup.full.yielded_samples,
            "blank_places_per_epoch": setup.full.blanks,
        }

    def epoch_kind(self, spec: TrainingSpec) -> str:
        """`pass`, or `virtual` where epoch_size is not the dataset's."""
        return "virtual" if StreamingSetup(spec).is_resized else "pass"

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position stands in its pass; None where an epoch is not exactly a pass.

        Behind the last sample there are only entries of -1, which are no places of a pass.
        """
        setup = StreamingSetup(spec)
        exact = setup.partition.turns * setup.ranks == spec.dataset_size and not setup.is_relaid
        if not exact or setup.is_resized or setup.taken or position > spec.dataset_size:
            return None
        del run
        return PassPoint(setup.options["epoch"] + epoch, position)

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """Whether a position only fills up an epoch."""
        del run
        setup = StreamingSetup(spec)
        if not setup.is_resized:
            return repeated
        turn, rank = divmod(position, setup.ranks)
        return repeated and setup.partition.repeats(rank, turn)

    def has_blanks(self, spec: TrainingSpec) -> bool:
        """Whether an epoch has entries of -1 in its last micro-step."""
        setup = StreamingSetup(spec)
        return setup.full.blanks + setup.first.blanks > 0


VERSIONS: Final = (
    MosaicStreamingFramework(version="0.13.0", order_algorithm="mosaicml-streaming-0.13"),
)
"""The version whose algorithms are known."""

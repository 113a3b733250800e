"""Grain: one stream over all epochs, in an order with random access to every index."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

import numpy as np

from app.arithmetic.coverage import Coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.growing_run import GrowingRun
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.arithmetic.stream_run import StreamRun
from app.errors import Fault
from app.frameworks.grain.coverage import grain_coverage
from app.frameworks.grain.findings import grain_findings
from app.frameworks.grain.options import (
    ELASTIC,
    GRAIN_OPTIONS,
    LOADER,
    misplaced_method,
    misplaced_options,
    refused_seed,
)
from app.frameworks.grain.refusals import (
    refused_ends,
    refused_lengths,
    refused_ranges,
)
from app.frameworks.grain.slices import AnyStream, SlicedStream
from app.frameworks.grain.stream import LoaderStream
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields, refused_fractions
from app.sampling.layout import Layout
from app.sampling.order import Order
from app.sampling.rank_ranges import RankRanges
from app.sampling.sharded_stream import ShardedStream

_DEPTH = 1
"""Transformations from MapDataset.seed() to shuffle(), which its seed depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrainFramework(Framework):
    """One version of Grain, with a training loop around its batches."""

    name: str = "grain"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "Lengths of samplers, datasets and ranks: executed and compared.",
                "order": "Every index of every rank, the defect of its shuffle included: executed "
                "and compared.",
            },
            limits={
                "dataset_size": "1 .. 2^63-1, with random access to any step of any epoch.",
                "epochs": "A step belongs to the epoch in which it begins: batches go on across "
                "the ends of epochs.",
                "tables": "Passes through ranges of at most 16,384 samples are computed as a "
                "whole: the shuffle goes through 65,536 values.",
                "not offered": "WindowShuffle, mixtures of datasets, batch() before repeat().",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """Shuffled anew for every pass, not at all, or once (by datasets only)."""
        return (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE_ONCE)

    @property
    def options(self) -> tuple[Option, ...]:
        """Parameters of samplers, loaders and datasets."""
        return GRAIN_OPTIONS

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What Grain does not have, and options that do not fit one another."""
        api, derived = str(self.option(draft, "api")), self.option(draft, "pipeline_seed") is True
        yield from refused_fields(self, draft, remainder="drop_remainder or shard_drop_remainder")
        if not draft.gives("steps_per_epoch"):
            yield from refused_fractions(self, draft)
        yield from misplaced_options(api, draft)
        yield from misplaced_method(self, api, draft)
        yield from refused_seed(api, draft, derived=derived)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Ranks without samples, runs without a step, lengths that Grain cannot count."""
        faults = [*refused_ranges(spec)] if self._loads(spec) else []
        if not faults:
            stream = self._stream(spec)
            faults = [*refused_lengths(spec, stream)]
            faults = faults or [*refused_ends(stream)]
        yield from faults

    def run(self, spec: TrainingSpec) -> Run:
        """Steps through the stream; a step belongs to the epoch in which it begins."""
        return self._stream(spec).run(spec.budget, spec.steps_per_epoch)

    def layout(self, spec: TrainingSpec) -> Layout:
        """How the positions of a micro-step fall to the ranks."""
        return self._stream(spec).layout

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch."""
        stream = self._stream(spec)
        return ShardedStream(
            ranges=stream.ranges,
            seed=self._shuffle_seed(spec),
            reseeded=spec.sampling.method is SamplingMethod.SHUFFLE,
            reading=stream.reading,
            first_position=_first_position(run, epoch),
        )

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        return grain_coverage(spec, self._stream(spec), run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        yield from grain_findings(spec, self._stream(spec), run, seed=self._shuffle_seed(spec))

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """Length of the sampler, or of the dataset before it is sliced."""
        del run
        name = "sampler_length" if self._loads(spec) else "dataset_length"
        return {name: self._stream(spec).length}

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in the passes of the stream."""
        place = _first_position(run, epoch) + position
        return PassPoint(*divmod(place, self._stream(spec).ranges.samples))

    def is_padding(self, spec: TrainingSpec, run: Run, position: int, *, repeated: bool) -> bool:
        """Never: a sample that comes again belongs to the next pass."""
        del spec, run, position, repeated
        return False

    def _loads(self, spec: TrainingSpec) -> bool:
        return self.option(spec, "api") == LOADER

    def _stream(self, spec: TrainingSpec) -> AnyStream:
        """The stream of a spec; needs a sample for every rank."""
        whole = spec.budget.unit is BudgetUnit.EPOCHS and not spec.is_virtual
        num_epochs = int(spec.budget.amount) if whole else None
        drop_remainder = self.option(spec, "drop_remainder") is True
        if not self._loads(spec):
            return SlicedStream(
                ranges=RankRanges(dataset_size=spec.dataset_size, ranks=1),
                batch=spec.batch,
                num_epochs=num_epochs,
                drop_remainder=drop_remainder or self.option(spec, "api") == ELASTIC,
            )
        return LoaderStream(
            ranges=RankRanges(
                dataset_size=spec.dataset_size,
                ranks=spec.batch.data_parallel_size,
                even=self.option(spec, "shard_drop_remainder") is True,
            ),
            batch=spec.batch,
            num_epochs=num_epochs,
            drop_remainder=drop_remainder,
            worker_count=cast("int", self.option(spec, "worker_count")),
        )

    def _shuffle_seed(self, spec: TrainingSpec) -> int | None:
        """Seed of the first pass; None where nothing is shuffled.

        Source: grain 0.2.18, `grain/_src/python/dataset/dataset.py`, `_default_seed`.
        """
        if spec.sampling.method is SamplingMethod.SEQUENTIAL:
            return None
        if self.option(spec, "pipeline_seed") is not True:
            return spec.sampling.seed
        sequence = np.random.SeedSequence([spec.sampling.seed, _DEPTH])
        return int(sequence.generate_state(1)[0])


def _first_position(run: Run, epoch: int) -> int:
    """Position of the stream at which an epoch begins."""
    return cast("StreamRun | GrowingRun", run).first_position(epoch)


VERSIONS: Final = (GrainFramework(version="0.2.18", order_algorithm="grain-index-shuffle-1"),)
"""Versions, oldest first."""

"""Megatron-LM: the samplers of its training loop, batches that ramp up, blended datasets."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from app.arithmetic.coverage import Coverage, coverage_of
from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.arithmetic.growing_run import GrowingRun
from app.arithmetic.passes import PassPoint
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import Fault
from app.frameworks.megatron import findings as found
from app.frameworks.megatron import options as arguments
from app.frameworks.megatron.blend import (
    MOST_COMPARISONS,
    blend_numbers,
    blend_of,
    impossible_blends,
    uncounted_blend,
)
from app.frameworks.megatron.completion import with_decreased_batch, with_loader
from app.frameworks.megatron.coverage import cyclic_coverage
from app.frameworks.megatron.ramp import MOST_INCREMENTS, Ramp
from app.frameworks.megatron.refusals import (
    impossible_nominal,
    impossible_ramp,
    impossible_schedule,
)
from app.frameworks.megatron.schedule import Schedule
from app.frameworks.option import Option
from app.frameworks.promise import Promise
from app.frameworks.protocol import Framework
from app.frameworks.refusals import refused_fields
from app.sampling.blend import BlendedOrder
from app.sampling.cyclic_shuffle import CyclicOrder, CyclicShuffle
from app.sampling.layout import Layout
from app.sampling.order import Identity, Order, PassOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class MegatronFramework(Framework):
    """One version of Megatron-LM, as its pretraining loop draws from one dataset."""

    name: str = "megatron"

    @property
    def promise(self) -> Promise:
        """What is promised about it."""
        return Promise(
            verified=(self.version,),
            exact={
                "arithmetic": "train_iters, sizes of all steps and of the datasets, in the "
                "doubles in which the ramp-up is computed.",
                "order": "Every index of every rank of an unbroken run, and of a resumed one "
                "from its step on, unless the finding unequal-ranks says otherwise; blends bit "
                "for bit in IEEE doubles.",
            },
            limits={
                "dataset_size": "That of the dataset the sampler sees: how documents become "
                "samples (GPTDataset) is not planned.",
                "rampup_batch_size": f"At most {MOST_INCREMENTS} increments.",
                "blend": "At most 48 datasets, weights from 1e-9 to 1e9. How many samples are "
                f"taken of each is part of the plan up to {MOST_COMPARISONS} comparisons, samples "
                "x datasets.",
            },
        )

    @property
    def sampling_methods(self) -> tuple[SamplingMethod, ...]:
        """What its two samplers do."""
        return (SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE)

    @property
    def options(self) -> tuple[Option, ...]:
        """Arguments of the training program."""
        return arguments.MEGATRON_OPTIONS

    def completed(self, draft: SpecDraft) -> SpecDraft:
        """The draft with sampler and method fitting, and with the batch rounded down."""
        return with_decreased_batch(self, with_loader(self, draft))

    def draft_faults(self, draft: SpecDraft) -> Iterator[Fault]:
        """What the samplers cannot do, and arguments that do not fit one another."""
        yield from refused_fields(self, draft, remainder="dataloader_type or drop_last")
        yield from arguments.misplaced_method(self, draft)
        yield from arguments.misplaced_options(self, draft)
        yield from arguments.misplaced_budget(self, draft)
        yield from impossible_blends(self, draft)

    def spec_faults(self, spec: TrainingSpec) -> Iterator[Fault]:
        """Ramps that do not fit, and streams that end too early."""
        schedule = self._schedule(spec)
        faults = [*impossible_nominal(spec, schedule.nominal)]
        if schedule.ramp is not None:
            faults += impossible_ramp(schedule.ramp)
        if not faults:
            decreases = self.option(spec, "decrease_batch_size_if_needed") is True
            faults += impossible_schedule(schedule, decreases=decreases)
        yield from faults

    def run(self, spec: TrainingSpec) -> Run:
        """Steps through one stream; a step belongs to the pass in which it begins."""
        return self._schedule(spec).run()

    def layout(self, spec: TrainingSpec) -> Layout:
        """Blocks of consecutive positions, unless a shuffle of all is dealt in turn."""
        dealt = self._cyclic(spec) and not self.option(spec, "data_sharding")
        return Layout.STRIDED if dealt else Layout.BLOCKED

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        """The order of one epoch, cut out of the stream."""
        first = cast("GrowingRun", run).first_position(epoch)
        cyclic, blend = self._cyclic(spec), blend_of(self, spec)
        order = (
            CyclicOrder(self._shuffle(spec), first)
            if cyclic
            else _in_order(spec.dataset_size, first)
        )
        return order if blend is None else BlendedOrder(order, blend)

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        """Passes at the ends of an epoch, shuffled as a whole, and the comparisons of a blend."""
        blend = blend_of(self, spec)
        compared = blend.comparisons if blend else 0
        if not self._cyclic(spec):
            return compared
        run, shuffle = self._schedule(spec).run(), self._shuffle(spec)
        first, stop = run.first_position(epoch), run.first_position(epoch + 1)
        crosses = first // run.pass_samples < (stop - 1) // run.pass_samples
        return compared + shuffle.table_size * (1 + crosses + (shuffle.late_ranks > 0))

    def coverage(self, spec: TrainingSpec, run: Run) -> Coverage:
        """Distinct samples of the run."""
        if self._cyclic(spec):
            return cyclic_coverage(self._shuffle(spec), run.total_samples)
        return coverage_of(spec, run)

    def findings(self, spec: TrainingSpec, run: Run) -> Iterator[Finding]:
        """What the owner of the schedule should know."""
        schedule, stream = self._schedule(spec), cast("GrowingRun", run)
        yield from found.schedule_findings(schedule, stream)
        if schedule.cyclic:
            yield from found.cyclic_findings(schedule, stream, self._shuffle(spec))
        yield from found.idle_seed(spec.sampling.seed, cyclic=schedule.cyclic)
        yield from uncounted_blend(self, spec)

    def numbers(self, spec: TrainingSpec, run: Run) -> Mapping[str, object]:
        """What the program counts before it trains, and what it counts as consumed."""
        schedule = self._schedule(spec)
        sizes = [each for each in schedule.sizes if each[0] < run.total_steps]
        row = schedule.row_samples
        return {
            "train_iters": run.total_steps,
            "consumed_train_samples": run.total_micro_steps * row,
            "global_batch_sizes": [[step, nominal] for step, nominal, _ in sizes],
            "num_microbatches": [[step, real // row] for step, _, real in sizes],
            **self._dataset_sizes(spec, schedule),
            **blend_numbers(self, spec),
        }

    def pass_point(
        self, spec: TrainingSpec, run: Run, epoch: int, position: int
    ) -> PassPoint | None:
        """Where a position of an epoch stands in the chain of passes."""
        del spec
        stream = cast("GrowingRun", run)
        return PassPoint(*divmod(stream.first_position(epoch) + position, stream.pass_samples))

    def sequence_key(self, spec: TrainingSpec, run: Run) -> Hashable:
        """The stream: neither the seed nor where steps and epochs cut it changes a sample."""
        del run
        shuffle = self._shuffle(spec) if self._cyclic(spec) else None
        return (self.name, self.version, shuffle, blend_of(self, spec), spec.dataset_size)

    def _schedule(self, spec: TrainingSpec) -> Schedule:
        full = self.option(spec, "global_batch_size") or spec.batch.global_batch_size
        nominal, ramp = cast("int", full), self.option(spec, "rampup_batch_size")
        return Schedule(
            spec=spec,
            cyclic=self._cyclic(spec),
            drop_last=self.option(spec, "drop_last") is True,
            nominal=nominal,
            ramp=None if ramp is None else _ramp(cast("Sequence[int]", ramp), nominal),
        )

    def _cyclic(self, spec: TrainingSpec) -> bool:
        return self.option(spec, "dataloader_type") == "cyclic"

    def _shuffle(self, spec: TrainingSpec) -> CyclicShuffle:
        return CyclicShuffle(
            dataset_size=spec.dataset_size,
            micro_batch_size=spec.batch.micro_batch_size,
            data_parallel_size=spec.batch.data_parallel_size,
            sharded=self.option(spec, "data_sharding") is True,
        )

    def _dataset_sizes(self, spec: TrainingSpec, schedule: Schedule) -> dict[str, int]:
        """What the program asks of its datasets (get_train_valid_test_num_samples)."""
        interval, iterations = self.option(spec, "eval_interval"), schedule.train_iters
        if interval is None:
            return {}
        test = cast("int", self.option(spec, "eval_iters")) * schedule.nominal
        return {
            "train_samples": schedule.train_samples or iterations * schedule.nominal,
            "eval_samples": (iterations // cast("int", interval) + 1) * test,
            "test_samples": test,
        }


def _ramp(given: Sequence[int], full: int) -> Ramp:
    start, increment, samples = given
    return Ramp(start=start, increment=increment, samples=samples, full=full)


def _in_order(dataset_size: int, first_position: int) -> Order:
    return PassOrder(
        dataset_size=dataset_size,
        first_position=first_position,
        order_of=lambda _: Identity(),
        table_size=0,
        fresh_order_per_pass=False,
    )


VERSIONS: Final = (
    MegatronFramework(version="0.16.1", order_algorithm="megatron-0.16-torch-2.13-cpu"),
)
"""Versions whose schedules or orders differ, oldest first."""

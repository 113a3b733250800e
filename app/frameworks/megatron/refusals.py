"""Schedules that Megatron does not have: ramps that do not fit, streams that end too early."""

from collections.abc import Iterator

from app.arithmetic.integers import INT64_MAX, UINT64_MAX, ceil_div, nearest_multiples
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.arithmetic.written import written_amount
from app.errors import Fault
from app.frameworks.megatron.ramp import MOST_INCREMENTS, Ramp
from app.frameworks.megatron.schedule import Schedule


def impossible_nominal(spec: TrainingSpec, nominal: int) -> Iterator[Fault]:
    """A global batch that is not rounded down to the one of the spec."""
    real, row = spec.batch.global_batch_size, spec.batch.row_samples
    last = real + row - 1
    if not real <= nominal <= last:
        yield Fault(
            code="nominal-batch-mismatch",
            pointer="/framework/global_batch_size",
            detail=f"{nominal} is rounded down to {nominal - nominal % row} samples for "
            f"micro_batch_size x data_parallel_size = {row}, but a step has {real}",
            given=nominal,
            allowed=f"an integer in [{real}, {last}]",
            nearest=(min(max(nominal, real), last),),
        )


def impossible_ramp(ramp: Ramp) -> Iterator[Fault]:
    """A ramp that does not lead to the full batch, or takes too many steps to be held."""
    rise, growth = ramp.full - ramp.start, ramp.increment
    if rise <= 0:
        above = max(0, ramp.full - growth)
        yield _ramp_fault(
            ramp,
            detail=f"the ramp starts at {ramp.start}, but it must rise to {ramp.full}",
            allowed=f"a start below {ramp.full}",
            starts=(above,) if above else (),
        )
    elif rise % growth:
        starts = [ramp.start + rise % growth - growth, ramp.start + rise % growth]
        yield _ramp_fault(
            ramp,
            detail=f"from {ramp.start} to {ramp.full} the batch grows by {rise}, which is no "
            f"multiple of the increment {growth}",
            allowed="a start from which whole increments lead to the full batch",
            starts=tuple(start for start in starts if 0 < start < ramp.full),
        )
    elif ramp.increments > MOST_INCREMENTS:
        yield _ramp_fault(
            ramp,
            detail=f"the batch grows {ramp.increments} times, above {MOST_INCREMENTS}",
            allowed=f"an increment of at least {ceil_div(rise, MOST_INCREMENTS)}",
        )


def impossible_schedule(schedule: Schedule, *, decreases: bool) -> Iterator[Fault]:
    """Everything for which there are samples and steps, but not these."""
    size, row = schedule.spec.dataset_size, schedule.row_samples
    faults = [*_empty_stream(schedule, size, row)]
    if not faults:
        faults += _no_step(schedule)
        faults += _stream_ends(schedule)
        faults += _uneven_ramp(schedule, row, decreases=decreases)
        faults += _uncountable(schedule)
    yield from faults


def _empty_stream(schedule: Schedule, size: int, row: int) -> Iterator[Fault]:
    smallest = schedule.stretches[0].step_samples
    needed = row if schedule.cyclic else smallest
    if not schedule.pass_samples or schedule.available_steps == 0:
        yield Fault(
            code="no-step-to-run",
            pointer="/dataset_size",
            detail=f"{size} samples are not enough for the first step: its {smallest} samples "
            f"are read in micro-steps of {row}",
            given=size,
            allowed=f"at least {needed} samples",
            nearest=(needed,),
        )


def _no_step(schedule: Schedule) -> Iterator[Fault]:
    budget = schedule.spec.budget
    if not schedule.train_iters:
        fewest = schedule.most_samples(0) + 1
        samples = budget.unit is BudgetUnit.SAMPLES
        yield Fault(
            code="no-step-to-run",
            pointer=f"/{budget.unit}",
            detail=f"train_samples {schedule.train_samples} is rounded down to no iteration; the "
            f"first one takes {fewest}",
            given=written_amount(budget.amount),
            allowed=f"a budget of at least {fewest} samples",
            nearest=(fewest,) if samples and fewest <= INT64_MAX else (),
        )


def _stream_ends(schedule: Schedule) -> Iterator[Fault]:
    available, budget = schedule.available_steps, schedule.spec.budget
    if available is None or schedule.train_iters <= available:
        return
    most = schedule.most_samples(available)
    nearest = {BudgetUnit.STEPS: (available,), BudgetUnit.SAMPLES: (most,)}
    yield Fault(
        code="dataset-ends",
        pointer=f"/{budget.unit}",
        detail=f"dataloader_type single reads the dataset once: its {schedule.spec.dataset_size} "
        f"samples are enough for {available} iterations, not for {schedule.train_iters}",
        given=written_amount(budget.amount),
        allowed=f"at most {available} steps or {most} samples, or dataloader_type cyclic",
        nearest=nearest.get(budget.unit, ()),
    )


def _uneven_ramp(schedule: Schedule, row: int, *, decreases: bool) -> Iterator[Fault]:
    if schedule.ramp is None:
        return
    sizes = [size for step, size, _ in schedule.sizes if step < schedule.train_iters]
    uneven = next((size for size in sizes if size % row), None)
    empty = sizes[0] < row if sizes else False
    if uneven is not None and (empty or not decreases):
        yield Fault(
            code="ramp-step-uneven",
            pointer="/framework/rampup_batch_size",
            detail=f"a global batch of {uneven} is no multiple of micro_batch_size x "
            f"data_parallel_size = {row}",
            given=uneven,
            allowed=f"multiples of {row}, or decrease_batch_size_if_needed and at least {row}",
            nearest=nearest_multiples(uneven, row),
        )


def _uncountable(schedule: Schedule) -> Iterator[Fault]:
    run = schedule.run()
    if run.shape.samples_per_epoch > INT64_MAX:
        yield Fault(
            code="epoch-too-large",
            pointer="/dataset_size",
            detail=f"an epoch would have {run.shape.samples_per_epoch} samples, above 2^63-1",
            given=schedule.spec.dataset_size,
            allowed="a smaller dataset or a smaller global batch",
        )
    last = max(0, run.total_samples - 1) // schedule.pass_samples
    if last > UINT64_MAX:
        yield Fault(
            code="seed-too-large",
            pointer=f"/{schedule.spec.budget.unit}",
            detail=f"the number of a pass is its seed, which torch takes up to {UINT64_MAX}; the "
            f"last one would be {last}",
            given=written_amount(schedule.spec.budget.amount),
            allowed="a shorter run",
        )


def _ramp_fault(ramp: Ramp, *, detail: str, allowed: str, starts: tuple[int, ...] = ()) -> Fault:
    rest = f"{ramp.increment}, {ramp.samples}]"
    return Fault(
        code="ramp-impossible",
        pointer="/framework/rampup_batch_size",
        detail=detail,
        given=[ramp.start, ramp.increment, ramp.samples],
        allowed=allowed,
        nearest=tuple(f"[{start}, {rest}" for start in starts),
    )

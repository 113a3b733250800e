"""What the owner of a Megatron run should know about its schedule."""

from collections.abc import Iterator
from fractions import Fraction

from app.arithmetic.decimals import counted, decimal_text
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.growing_run import GrowingRun
from app.frameworks.megatron.schedule import Schedule
from app.sampling.cyclic_shuffle import CyclicShuffle


def schedule_findings(schedule: Schedule, run: GrowingRun) -> Iterator[Finding]:
    """Findings about steps and samples, whatever the order is."""
    yield from _rounded_budget(schedule, run)
    yield from _decreased_batch(schedule)
    yield from _unread_end(schedule, run)
    yield from _short_last_step(schedule, run)


def cyclic_findings(
    schedule: Schedule, run: GrowingRun, shuffle: CyclicShuffle
) -> Iterator[Finding]:
    """Findings about endless passes."""
    yield from _left_out(shuffle)
    yield from _ranks_apart(run, shuffle)
    yield from _crossing_steps(schedule, run)


def idle_seed(seed: int, *, cyclic: bool) -> Iterator[Finding]:
    """A seed that Megatron's samplers do not take."""
    reason = (
        "every pass is shuffled with its own number as the seed"
        if cyclic
        else ("dataloader_type single reads the dataset in its own order")
    )
    if seed:
        yield Finding(
            code="seed-has-no-effect",
            severity=Severity.WARNING if cyclic else Severity.INFO,
            message=f"{reason}, so seed {seed} changes nothing but the plan_id",
            field="/sampling/seed",
            suggestion="sampling.seed 0",
        )


def _rounded_budget(schedule: Schedule, run: GrowingRun) -> Iterator[Finding]:
    asked, taken = schedule.train_samples, run.consumed_samples(run.total_steps)
    if asked is None or asked == taken:
        return
    fewer = asked > taken
    difference = counted(abs(asked - taken), "sample")
    yield Finding(
        code="budget-rounded-down" if fewer else "budget-exceeded",
        severity=Severity.INFO,
        message=f"train_samples {asked} gives train_iters {run.total_steps}, which take {taken} "
        f"samples: {difference} {'fewer' if fewer else 'more'}",
        field=f"/{schedule.spec.budget.unit}",
        suggestion=None if schedule.ramp else f"samples {run.total_steps * schedule.nominal}",
    )


def _unread_end(schedule: Schedule, run: GrowingRun) -> Iterator[Finding]:
    size, available = schedule.spec.dataset_size, schedule.available_steps
    left = size - run.total_samples
    if run.total_steps == available and left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"the last {left} of {size} samples fill no further iteration and are never "
            "read",
            field="/dataset_size",
            suggestion=f"a dataset_size of {run.consumed_samples(run.total_steps)}",
        )


def _decreased_batch(schedule: Schedule) -> Iterator[Finding]:
    real = schedule.spec.batch.global_batch_size
    if schedule.nominal != real:
        yield Finding(
            code="batch-size-decreased",
            severity=Severity.WARNING,
            message=f"a step takes {real} samples instead of {schedule.nominal}, because a "
            f"micro-step takes {schedule.row_samples}; iterations and evaluations are still "
            f"counted with {schedule.nominal}",
            field="/framework/global_batch_size",
            suggestion=f"global_batch_size {real} or {real + schedule.row_samples}",
        )


def _short_last_step(schedule: Schedule, run: GrowingRun) -> Iterator[Finding]:
    counted_as = run.total_micro_steps * schedule.row_samples
    missing = counted_as - run.total_samples
    if not missing:
        return
    size = schedule.spec.batch.micro_batch_size
    idle = missing // size
    outcome = (
        f"{idle} of {schedule.spec.batch.data_parallel_size} ranks get an empty list, of which "
        "torch makes no batch: they fail"
        if idle
        else "averaging over ranks gives the samples of a smaller micro-batch more weight"
    )
    yield Finding(
        code="idle-ranks" if idle else "short-last-step",
        severity=Severity.ERROR if idle else Severity.WARNING,
        message=f"the last micro-step lacks {counted(missing, 'sample')}, but is counted as full "
        f"(consumed_train_samples {counted_as}): {outcome}",
        field="/framework/drop_last",
        suggestion="drop_last true",
    )


def _left_out(shuffle: CyclicShuffle) -> Iterator[Finding]:
    size, row = shuffle.dataset_size, shuffle.row_samples
    left = size - shuffle.pass_samples
    never = left if shuffle.sharded else size - shuffle.table_size
    last = f"the last {counted(never, 'sample')} of the dataset in every one"
    others = f"{left - never} others in each, and {last}" if never else "others in each"
    if left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"a pass takes whole micro-steps of {row} and leaves out {left} of {size} "
            f"samples: {last if never == left else others}",
            field="/dataset_size",
            suggestion=f"a dataset_size that {row} divides",
        )


def _ranks_apart(run: GrowingRun, shuffle: CyclicShuffle) -> Iterator[Finding]:
    late, ranks = shuffle.late_ranks, shuffle.data_parallel_size
    rows = shuffle.pass_samples // shuffle.row_samples
    if late and run.total_micro_steps > rows:
        outcome = (
            "they leave out every other pass"
            if rows == 1
            else "they begin every further pass a micro-step later"
        )
        yield Finding(
            code="unequal-ranks",
            severity=Severity.ERROR,
            message=f"a pass has {counted(rows + 1, 'micro-batch', 'micro-batches')} for "
            f"{counted(late, 'rank')} and {rows} for the other {ranks - late}: {outcome} and read "
            "samples that others read as well; a resumed run begins even again, so it does not "
            "go on as the unbroken one",
            field="/framework/data_sharding",
            suggestion="data_sharding true, or a dataset_size that micro_batch_size x "
            "data_parallel_size divides",
        )


def _crossing_steps(schedule: Schedule, run: GrowingRun) -> Iterator[Finding]:
    full, size = schedule.pass_samples, schedule.spec.batch.global_batch_size
    if run.total_samples <= full or (schedule.ramp is None and full % size == 0):
        return
    several = size > full
    yield Finding(
        code="steps-cross-passes",
        severity=Severity.WARNING if several else Severity.INFO,
        message=f"a pass of {full} samples is {decimal_text(Fraction(full, size))} steps of "
        f"{size}: a step takes samples of "
        + ("several passes, some of them more than once" if several else "two passes"),
        field="/global_batch_size",
        suggestion=None,
    )

"""What the owner of a schedule should know about it; each rule yields its findings."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from app.arithmetic.decimals import counted, decimal_text
from app.arithmetic.epochs import EpochShape
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.integers import INT64_MAX, ceil_div, nearest_divisors
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, Remainder, SamplingMethod, TrainingSpec
from app.arithmetic.written import written_amount
from app.frameworks import schedule_findings as found

_REACH = 128
"""Batch sizes that are tried on each side when a better one is suggested."""


def findings_of(spec: TrainingSpec, run: Run) -> tuple[Finding, ...]:
    """Every finding about a schedule, in a fixed order."""
    return tuple(finding for rule in _RULES for finding in rule(spec, run))


def _dropped(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    left = run.shape.dataset_size - run.shape.samples_per_epoch
    if spec.remainder is Remainder.DROP and left:
        whole = run.total_steps // run.shape.steps_per_epoch
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"{left} of {spec.dataset_size} samples are dropped in every full epoch, "
            f"{left * whole} over the run",
            field="/remainder",
            suggestion=_even_sizes(run.shape, Remainder.KEEP, Remainder.PAD),
        )


def _padded(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    extra = run.shape.samples_per_epoch - run.shape.dataset_size
    whole = run.total_steps // run.shape.steps_per_epoch
    if spec.remainder is Remainder.PAD and extra:
        yield Finding(
            code="samples-padded",
            severity=Severity.WARNING,
            message="the last step of every full epoch is filled up with "
            f"{counted(extra, 'repeated sample')}, {extra * whole} over the run",
            field="/remainder",
            suggestion=_even_sizes(run.shape, Remainder.KEEP, Remainder.DROP),
        )


def _short_last_step(_: TrainingSpec, run: Run) -> Iterator[Finding]:
    if found.takes_short_step(run):  # only then is it worth to look for a suggestion
        suggestion = _even_sizes(run.shape, Remainder.DROP, Remainder.PAD)
        yield from found.short_last_step(run, field="/remainder", suggestion=suggestion)


def _unequal_ranks(_: TrainingSpec, run: Run) -> Iterator[Finding]:
    samples, batch = run.shape.last_step_samples, run.shape.batch
    most = -(-samples // batch.data_parallel_size)
    least = samples // batch.data_parallel_size
    if not found.takes_short_step(run) or most == least:
        return
    suggestion = _even_sizes(run.shape, Remainder.DROP, Remainder.PAD)
    if not least:
        yield Finding(
            code="idle-ranks",
            severity=Severity.ERROR,
            message=f"the last step of a full epoch has {counted(samples, 'sample')}, which "
            f"leaves {batch.data_parallel_size - samples} of {batch.data_parallel_size} ranks "
            "without any: collective operations wait for them for ever",
            field="/data_parallel_size",
            suggestion=suggestion,
        )
        return
    hangs = -(-most // batch.micro_batch_size) != -(-least // batch.micro_batch_size)
    outcome = found.RANKS_WAIT if hangs else found.WEIGHTS_DIFFER
    yield Finding(
        code="unequal-ranks",
        severity=Severity.ERROR if hangs else Severity.WARNING,
        message=f"the last step of a full epoch gives {most} samples to "
        f"{samples % batch.data_parallel_size} of {batch.data_parallel_size} ranks and {least} to "
        f"the other {-samples % batch.data_parallel_size}: {outcome}",
        field="/data_parallel_size",
        suggestion=suggestion,
    )


def _large_batch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    size, ranks = run.shape.batch.global_batch_size, run.shape.batch.data_parallel_size
    if size > spec.dataset_size:
        fitting = spec.dataset_size - spec.dataset_size % ranks
        fewer = f"data_parallel_size and global_batch_size at most {spec.dataset_size}"
        yield Finding(
            code="global-batch-exceeds-dataset",
            severity=Severity.WARNING,
            message=f"one global batch of {size} samples is larger than the dataset of "
            f"{counted(spec.dataset_size, 'sample')}",
            field="/global_batch_size",
            suggestion=f"global_batch_size {fitting}" if fitting else fewer,
        )


def _virtual_epoch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    samples, size = run.shape.samples_per_epoch, spec.dataset_size
    draws = spec.sampling.method is SamplingMethod.WITH_REPLACEMENT
    if not spec.is_virtual or draws or samples == size:
        return
    fresh = spec.sampling.method is SamplingMethod.RANDOM_SAMPLE
    nature = "a fresh subset of" if fresh else "a checkpoint, not one cycle through"
    whole, rest = divmod(size, run.shape.batch.global_batch_size)
    exact = f"steps_per_epoch {whole} makes it a pass" if whole and not rest else None
    yield Finding(
        code="virtual-epoch-is-not-a-pass",
        severity=Severity.INFO,
        message=f"an epoch of {counted(samples, 'sample')} is as long as "
        f"{counted(Fraction(samples, size), 'pass', 'passes')} through "
        f"{counted(size, 'sample')}: it is {nature} the dataset",
        field="/steps_per_epoch",
        suggestion=exact,
    )


def _replacement(spec: TrainingSpec, _: Run) -> Iterator[Finding]:
    if spec.sampling.method is SamplingMethod.WITH_REPLACEMENT and spec.dataset_size > 1:
        yield Finding(
            code="replacement-is-no-epoch",
            severity=Severity.INFO,
            message=f"every draw takes any of the {spec.dataset_size} samples, so no number of "
            "steps visits all of them for certain: strictly, this is no epoch",
            field="/sampling/method",
            suggestion="sampling.method shuffle, which goes through the dataset in passes",
        )


def _idle_seed(spec: TrainingSpec, _: Run) -> Iterator[Finding]:
    if spec.sampling.method is SamplingMethod.SEQUENTIAL:
        yield from found.idle_seed(spec, reason="sequential sampling uses no randomness")


def _rounded_budget(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    budget = spec.budget
    if budget.unit is BudgetUnit.STEPS:
        return
    if budget.unit is BudgetUnit.EPOCHS:
        noun, asked, got = "step", budget.amount * run.shape.steps_per_epoch, run.total_steps
    else:
        noun, got = "sample", run.total_samples
        asked = budget.amount / (budget.tokens_per_sample or 1)
    if asked != got:
        yield Finding(
            code="budget-rounded-up",
            severity=Severity.INFO,
            message=f"{budget.unit} {written_amount(budget.amount)} is {counted(asked, noun)}; the "
            f"run takes {counted(got, noun)}, {decimal_text(got - asked)} more, to end a step",
            field=f"/{budget.unit}",
            suggestion=f"steps {run.total_steps - 1} or {run.total_steps}"
            if run.total_steps > 1
            else "steps 1",
        )


def _fractional_last_epoch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    full, taken = run.shape.steps_per_epoch, run.final_epoch_steps
    if taken < full:
        before = (run.epochs - 1) * full
        steps = f"{before} or {before + full}" if before else f"{full}"
        yield Finding(
            code="fractional-last-epoch",
            severity=Severity.WARNING,
            message=f"the run stops in epoch {run.epochs - 1} after {taken} of {full} steps, so "
            f"it is {decimal_text(Fraction(run.total_steps, full))} epochs long",
            field=f"/{spec.budget.unit}",
            suggestion=f"steps {steps}, to end with a full epoch",
        )


_RULES = (
    _dropped,
    _padded,
    _short_last_step,
    _unequal_ranks,
    _large_batch,
    _virtual_epoch,
    _replacement,
    _idle_seed,
    _rounded_budget,
    _fractional_last_epoch,
)


@lru_cache(maxsize=1)  # several findings about one run suggest the same
def _even_sizes(shape: EpochShape, *remainders: Remainder) -> str:
    """Batch sizes next to the chosen one that leave no remainder, and legal ways to treat one."""
    batch = shape.batch
    sizes = nearest_divisors(
        shape.dataset_size,
        batch.global_batch_size,
        multiple_of=batch.data_parallel_size,
        reach=_REACH,
    )
    legal = " or ".join(remainder for remainder in remainders if _is_legal(shape, remainder))
    if not sizes:
        return f"remainder {legal}"
    return f"global_batch_size {' or '.join(map(str, sizes))}, or remainder {legal}"


def _is_legal(shape: EpochShape, remainder: Remainder) -> bool:
    """Whether passes through the same dataset may end that way."""
    size, batch_size = shape.dataset_size, shape.batch.global_batch_size
    if remainder is Remainder.DROP:
        return size >= batch_size
    return remainder is Remainder.KEEP or ceil_div(size, batch_size) * batch_size <= INT64_MAX

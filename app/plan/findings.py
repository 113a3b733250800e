"""What the owner of a schedule should know about it; each rule yields its findings."""

from collections.abc import Iterator
from fractions import Fraction

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import nearest_divisors
from app.arithmetic.run import Run, budget_samples
from app.arithmetic.spec import BudgetUnit, Remainder, SamplingMethod, TrainingSpec
from app.arithmetic.written import written_amount
from app.plan.decimals import decimal_text
from app.plan.finding import Finding, Severity

_REACH = 256
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
            suggestion=_even_sizes(run.shape, "remainder keep or pad"),
        )


def _padded(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    extra = run.shape.samples_per_epoch - run.shape.dataset_size
    whole = run.total_steps // run.shape.steps_per_epoch
    if spec.remainder is Remainder.PAD and extra:
        yield Finding(
            code="samples-padded",
            severity=Severity.WARNING,
            message=f"{extra} samples are repeated to fill the last step of every full epoch, "
            f"{extra * whole} over the run",
            field="/remainder",
            suggestion=_even_sizes(run.shape, "remainder keep or drop"),
        )


def _short_last_step(_: TrainingSpec, run: Run) -> Iterator[Finding]:
    size, left = run.shape.batch.global_batch_size, run.shape.last_step_samples
    if _takes_short_step(run):
        yield Finding(
            code="short-last-step",
            severity=Severity.WARNING,
            message=f"the last of {run.shape.steps_per_epoch} steps of a full epoch has {left} "
            f"samples instead of {size}, so its gradient averages over fewer of them",
            field="/remainder",
            suggestion=_even_sizes(run.shape, "remainder drop or pad"),
        )


def _unequal_ranks(_: TrainingSpec, run: Run) -> Iterator[Finding]:
    samples, batch = run.shape.last_step_samples, run.shape.batch
    most = -(-samples // batch.data_parallel_size)
    least = samples // batch.data_parallel_size
    if not _takes_short_step(run) or most == least:
        return
    suggestion = _even_sizes(run.shape, "remainder drop or pad")
    if not least:
        yield Finding(
            code="idle-ranks",
            severity=Severity.ERROR,
            message=f"the last step of a full epoch has {samples} samples for "
            f"{batch.data_parallel_size} ranks: {batch.data_parallel_size - samples} ranks get "
            "none, and collective operations wait for them for ever",
            field="/data_parallel_size",
            suggestion=suggestion,
        )
        return
    hangs = -(-most // batch.micro_batch_size) != -(-least // batch.micro_batch_size)
    outcome = (
        "some ranks have a micro-step less, and the others wait for them for ever"
        if hangs
        else "averaging over ranks gives the samples of the smaller shares more weight"
    )
    yield Finding(
        code="unequal-ranks",
        severity=Severity.ERROR if hangs else Severity.WARNING,
        message=f"in the last step of a full epoch {samples % batch.data_parallel_size} ranks get "
        f"{most} samples and {-samples % batch.data_parallel_size} get {least}: {outcome}",
        field="/data_parallel_size",
        suggestion=suggestion,
    )


def _large_batch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    size = run.shape.batch.global_batch_size
    if size > spec.dataset_size:
        yield Finding(
            code="global-batch-exceeds-dataset",
            severity=Severity.WARNING,
            message=f"one global batch of {size} samples is larger than the dataset of "
            f"{spec.dataset_size}",
            field="/global_batch_size",
            suggestion=f"a global_batch_size of at most {spec.dataset_size}",
        )


def _virtual_epoch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    samples, size = run.shape.samples_per_epoch, spec.dataset_size
    if not spec.is_virtual or samples == size:
        return
    whole, rest = divmod(size, run.shape.batch.global_batch_size)
    exact = f"steps_per_epoch {whole} makes it a pass" if whole and not rest else None
    yield Finding(
        code="virtual-epoch-is-not-a-pass",
        severity=Severity.INFO,
        message=f"an epoch of {samples} samples is {decimal_text(Fraction(samples, size))} of a pass through "
        f"{size} samples: it is a checkpoint, not a cycle through the dataset",
        field="/steps_per_epoch",
        suggestion=exact,
    )


def _replacement(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    if spec.sampling.method is SamplingMethod.WITH_REPLACEMENT:
        yield Finding(
            code="replacement-is-no-epoch",
            severity=Severity.INFO,
            message=f"every one of the {run.total_samples} samples is drawn on its own, so no "
            "number of steps visits the whole dataset for certain: strictly, this is no epoch",
            field="/sampling/method",
            suggestion="sampling.method shuffle visits every sample once per pass",
        )


def _idle_seed(spec: TrainingSpec, _: Run) -> Iterator[Finding]:
    if spec.sampling.method is SamplingMethod.SEQUENTIAL and spec.sampling.seed:
        yield Finding(
            code="seed-has-no-effect",
            severity=Severity.INFO,
            message=f"sequential sampling uses no randomness, so seed {spec.sampling.seed} "
            "changes nothing but the plan_id",
            field="/sampling/seed",
            suggestion="seed 0",
        )


def _rounded_budget(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    budget = spec.budget
    if budget.unit is BudgetUnit.STEPS:
        return
    if budget.unit is BudgetUnit.EPOCHS:
        asked, got = budget.amount * run.shape.steps_per_epoch, run.total_steps
        extra = f"{decimal_text(asked)} steps, and the run takes {got} whole ones"
    else:
        asked, got = Fraction(budget_samples(budget)), run.total_samples
        extra = f"{asked} samples, and the run takes {got}: {got - asked} more, to end a step"
    if asked != got:
        yield Finding(
            code="budget-rounded-up",
            severity=Severity.INFO,
            message=f"{budget.unit} {written_amount(budget.amount)} means {extra}",
            field=f"/{budget.unit}",
            suggestion=f"steps {run.total_steps - 1} or {run.total_steps}"
            if run.total_steps > 1
            else "steps 1",
        )


def _fractional_last_epoch(_: TrainingSpec, run: Run) -> Iterator[Finding]:
    full, taken = run.shape.steps_per_epoch, run.final_epoch_steps
    if taken < full:
        before = (run.epochs - 1) * full
        steps = f"{before} or {before + full}" if before else f"{full}"
        yield Finding(
            code="fractional-last-epoch",
            severity=Severity.WARNING,
            message=f"the run stops in epoch {run.epochs - 1} after {taken} of {full} steps, so "
            f"it is {decimal_text(Fraction(run.total_steps, full))} epochs long",
            field="",
            suggestion=f"steps {steps} to end with a full epoch",
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


def _takes_short_step(run: Run) -> bool:
    short = run.shape.last_step_samples < run.shape.batch.global_batch_size
    return short and run.total_steps >= run.shape.steps_per_epoch


def _even_sizes(shape: EpochShape, otherwise: str) -> str:
    """Batch sizes next to the chosen one that leave no remainder on any rank."""
    batch = shape.batch
    sizes = nearest_divisors(
        shape.dataset_size,
        batch.global_batch_size,
        multiple_of=batch.data_parallel_size,
        reach=_REACH,
    )
    if not sizes:
        return otherwise
    return f"global_batch_size {' or '.join(map(str, sizes))}, or {otherwise}"

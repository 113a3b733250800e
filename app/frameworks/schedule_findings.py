"""Findings that schedules of several frameworks share; each yields what it finds."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from app.arithmetic.carried_run import CarriedRun
from app.arithmetic.decimals import counted, decimal_text
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.parted_run import PartedRun
from app.arithmetic.resumed_run import ResumedRun
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.sampling.layout import Layout, rank_positions

WEIGHTS_DIFFER: Final = "averaging over ranks gives the samples of the smaller shares more weight"
RANKS_WAIT: Final = "some ranks have a micro-step less, and the others wait for them for ever"

_SEEDS = 2**32
"""Seeds that torch's generator on the CPU tells apart."""


def samples_dropped(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Samples that a full epoch leaves out."""
    left, size = run.shape.dropped_samples, run.shape.dataset_size
    if left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"{left} of {size} samples are dropped in every full epoch",
            field=field,
            suggestion=suggestion,
        )


def samples_padded(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Positions that only fill up an epoch."""
    extra, size = run.shape.padded_samples, run.shape.dataset_size
    if extra:
        yield Finding(
            code="samples-padded",
            severity=Severity.WARNING,
            message=f"every full epoch of {size} samples is filled up with "
            f"{counted(extra, 'repeated sample')}",
            field=field,
            suggestion=suggestion,
        )


def short_last_step(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """A last step of an epoch that is smaller than the others."""
    if takes_short_step(run):
        step = f"step {run.shape.steps_per_epoch - 1}, the last of a full epoch,"
        yield short_step(step, run, run.shape.last_step_samples, field=field, suggestion=suggestion)


def short_final_step(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """A last step of a run that is smaller than the others."""
    left = run.final_step_samples
    if left < run.shape.batch.global_batch_size:
        step = f"step {run.total_steps - 1}, the last of the run,"
        yield short_step(step, run, left, field=field, suggestion=suggestion)


def short_step(step: str, run: Run, samples: int, *, field: str, suggestion: str) -> Finding:
    """A step that has fewer samples than the others of its run."""
    return Finding(
        code="short-last-step",
        severity=Severity.WARNING,
        message=f"{step} has {samples} of {run.shape.batch.global_batch_size} samples, so its "
        "gradient averages over fewer of them",
        field=field,
        suggestion=suggestion,
    )


def takes_short_step(run: Run) -> bool:
    """Whether a run of which every epoch ends with an update takes a last step that is short."""
    short = run.shape.last_step_samples < run.shape.batch.global_batch_size
    return short and run.total_steps >= run.shape.steps_per_epoch


def short_micro_step(run: Run, *, field: str, suggestion: str) -> Iterator[Finding]:
    """A last micro-step of an epoch that is smaller than the others, inside of an update."""
    batch = run.shape.batch
    rest = run.shape.samples_per_epoch % batch.row_samples
    if rest and run.total_micro_steps >= run.shape.micro_steps_per_epoch:
        yield Finding(
            code="short-micro-step",
            severity=Severity.WARNING,
            message=f"the last micro-step of an epoch has {rest} of {batch.row_samples} samples; "
            "an update weighs micro-steps alike, so its samples weigh more than others",
            field=field,
            suggestion=suggestion,
        )


def unequal_ranks(run: Run, layout: Layout, *, field: str, suggestion: str) -> Iterator[Finding]:
    """Ranks whose last micro-step of a full epoch is smaller than that of others, or missing."""
    batch = run.shape.batch
    rest = run.shape.samples_per_epoch % batch.row_samples
    ends = (0, batch.data_parallel_size - 1)
    most, least = (rank_positions(layout, range(rest), batch, rank).count for rank in ends)
    if most == least or run.total_steps < run.shape.steps_per_epoch:
        return
    outcome = WEIGHTS_DIFFER if least else RANKS_WAIT
    yield Finding(
        code="unequal-ranks",
        severity=Severity.WARNING if least else Severity.ERROR,
        message=f"the last micro-step of a full epoch has {rest} of {batch.row_samples} samples: "
        f"rank 0 gets {most} and rank {ends[1]} gets {least}: {outcome}",
        field=field,
        suggestion=suggestion,
    )


def fractional_last_epoch(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """A run that stops inside an epoch, be it a shorter first one."""
    last = run.epochs - 1
    whole = run.first if isinstance(run, ResumedRun) and not last else run.shape
    taken, steps = f"{run.final_epoch_steps}", f"{whole.steps_per_epoch} steps"
    if isinstance(run, CarriedRun):
        taken = f"{run.total_micro_steps - last * whole.micro_steps_per_epoch}"
        steps = f"{whole.micro_steps_per_epoch} micro-steps"
    if run.samples_in_epoch(last) < whole.samples_per_epoch:
        yield Finding(
            code="fractional-last-epoch",
            severity=Severity.WARNING,
            message=f"the run stops in epoch {last} after {taken} of {steps}",
            field=f"/{spec.budget.unit}",
            suggestion=None,
        )


def unused_micro_steps(run: CarriedRun | PartedRun) -> Iterator[Finding]:
    """Micro-steps behind the last update: their gradients change nothing."""
    unused, accumulation = run.unused_micro_steps, run.shape.batch.gradient_accumulation_steps
    if unused:
        samples = run.total_samples - run.consumed_samples(run.total_steps)
        yield Finding(
            code="accumulation-dropped",
            severity=Severity.WARNING,
            message=f"the run ends {counted(unused, 'micro-step')} after its last update, which "
            f"needs {accumulation}: the gradients of {counted(samples, 'sample')} are dropped",
            field="/gradient_accumulation_steps",
            suggestion="the framework native, which ends every epoch with an update",
        )


def accumulation_carried(run: Run) -> Iterator[Finding]:
    """Steps that cross the end of an epoch."""
    micro, accumulation = run.shape.micro_steps_per_epoch, run.shape.batch
    if micro % accumulation.gradient_accumulation_steps and run.epochs > 1:
        updates = Fraction(micro, accumulation.gradient_accumulation_steps)
        yield Finding(
            code="accumulation-carried",
            severity=Severity.INFO,
            message=f"an epoch has {micro} micro-steps, an update takes "
            f"{accumulation.gradient_accumulation_steps}: {decimal_text(updates)} updates per "
            "epoch, so steps cross its end",
            field="/gradient_accumulation_steps",
            suggestion=None,
        )


def seed_truncated(spec: TrainingSpec) -> Iterator[Finding]:
    """A seed of which torch's generator on the CPU takes the low 32 bits only."""
    seed = spec.sampling.seed
    if seed >= _SEEDS:
        low = seed % _SEEDS
        yield Finding(
            code="seed-truncated",
            severity=Severity.WARNING,
            message=f"torch's generator takes the low 32 bits of a seed: seed {seed} gives the "
            f"orders of seed {low}",
            field="/sampling/seed",
            suggestion=f"sampling.seed {low}",
        )


def seeds_wrap(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """Sums of seed and epoch that begin again at 0 during the run."""
    seed = spec.sampling.seed % _SEEDS
    first = _SEEDS - seed
    if first < run.epochs:
        yield Finding(
            code="seeds-wrap",
            severity=Severity.INFO,
            message="the seed of an epoch is the sum of seed and epoch, of which torch's "
            f"generator takes the low 32 bits: epoch {first} has the order of epoch 0 of seed 0",
            field="/sampling/seed",
            suggestion=f"sampling.seed {_SEEDS - run.epochs}, or less"
            if run.epochs <= _SEEDS
            else None,
        )


def epochs_overlap(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """Seeds that are added to the epoch, so that neighbours share their orders."""
    if run.epochs > 1:
        seed = spec.sampling.seed
        yield Finding(
            code="seeds-overlap",
            severity=Severity.INFO,
            message=f"the seed of an epoch is the sum of seed and epoch: epoch 1 of seed {seed} "
            f"is epoch 0 of seed {seed + 1}, so runs with neighbouring seeds share "
            f"{counted(run.epochs - 1, 'order')}",
            field="/sampling/seed",
            suggestion="seeds that are further apart than the number of epochs, or the framework "
            "native, which mixes seed and pass by a hash",
        )


def idle_seed(spec: TrainingSpec, *, reason: str) -> Iterator[Finding]:
    """A seed that decides nothing.

    Args:
        spec: The spec.
        reason: Why, as a main clause.
    """
    if spec.sampling.seed:
        yield Finding(
            code="seed-has-no-effect",
            severity=Severity.INFO,
            message=f"{reason}, so seed {spec.sampling.seed} changes nothing but the plan_id",
            field="/sampling/seed",
            suggestion="sampling.seed 0",
        )

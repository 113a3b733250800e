"""What the owner of a call of keras' fit should know."""

from collections.abc import Iterator

from app.arithmetic.carried_run import CarriedRun
from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.parted_run import PartedRun
from app.arithmetic.run import Run
from app.frameworks import schedule_findings as found
from app.frameworks.keras.fit import KerasFit


def data_runs_out(fit: KerasFit, run: Run) -> Iterator[Finding]:
    """Epochs that end with their data, before the steps that they are asked to run."""
    asked, there = fit.asked_micro_steps, fit.pass_micro_steps
    if asked is None or not isinstance(run, PartedRun):
        return
    rest = there % asked
    ends = run.first_micro_step(run.epochs_per_pass)
    if rest and run.read_micro_steps >= ends:
        short = f"every epoch stops after {there}"
        if run.epochs_per_pass > 1:
            short = (
                f"epochs {run.epochs_per_pass - 1}, {2 * run.epochs_per_pass - 1}, ... stop "
                f"after {rest}"
            )
        yield Finding(
            code="data-runs-out",
            severity=Severity.WARNING,
            message=f"an epoch is asked to run {counted(asked, 'micro-step')}, and the data has "
            f"{there}: {short}, with a warning that the data ran out, and the next one begins "
            "with the head of the data",
            field="/steps_per_epoch",
            suggestion="data tf.data.Dataset with repeat, or no steps_per_epoch",
        )


def executions_read_more(fit: KerasFit) -> Iterator[Finding]:
    """Epochs that run more steps than they are asked to, because executions are whole."""
    if fit.steps_per_epoch is None or fit.asked_micro_steps is None:
        return
    steps = fit.steps_per_epoch * fit.batch.gradient_accumulation_steps
    if steps < fit.asked_micro_steps and (fit.repeats or steps < fit.pass_micro_steps):
        yield Finding(
            code="executions-are-whole",
            severity=Severity.WARNING,
            message=f"an execution runs {fit.steps_per_execution} micro-steps, so an epoch of "
            f"{counted(steps, 'micro-step')} runs {fit.asked_micro_steps}, as far as there is "
            "data",
            field="/framework/steps_per_execution",
            suggestion="a steps_per_execution that divides the micro-steps of an epoch",
        )


def same_order(fit: KerasFit, run: Run) -> Iterator[Finding]:
    """A seeded shuffle of an array, which every pass repeats."""
    if run.total_micro_steps > fit.pass_micro_steps:
        yield Finding(
            code="order-repeats",
            severity=Severity.WARNING,
            message="after keras.utils.set_random_seed every pass through an array has the same "
            f"order: its {counted(fit.dataset_size, 'sample')} are shuffled once, not for every "
            "epoch",
            field="/sampling/method",
            suggestion="data tf.data.Dataset, whose shuffle is fresh in every iteration",
        )


def fixed_items(fit: KerasFit) -> Iterator[Finding]:
    """A shuffle of items, which leaves together what is together."""
    if fit.batch.micro_batch_size > 1:
        yield Finding(
            code="items-stay-together",
            severity=Severity.INFO,
            message=f"fit shuffles the {counted(fit.pass_micro_steps, 'item')} of a PyDataset, "
            f"not samples: every micro-batch holds the same "
            f"{counted(fit.batch.micro_batch_size, 'neighbouring sample')} in every epoch",
            field="/framework/data",
            suggestion=None,
        )


def short_batch(fit: KerasFit, *, anywhere: bool) -> Iterator[Finding]:
    """A batch that is not full."""
    left, row = fit.last_samples, fit.batch.row_samples
    if left and not fit.repeats:
        where = (
            "one batch of every pass, which may come anywhere,"
            if anywhere
            else (f"batch {fit.pass_micro_steps - 1}, the last of a pass,")
        )
        yield Finding(
            code="short-last-step",
            severity=Severity.WARNING,
            message=f"{where} has {left} of {row} samples, so its gradient averages over fewer "
            "of them",
            field="/dataset_size",
            suggestion=f"a dataset_size that {row} divides, or tf.data with drop_remainder",
        )


def unequal_replicas(fit: KerasFit) -> Iterator[Finding]:
    """Replicas that share a batch unequally."""
    ranks, left = fit.batch.data_parallel_size, fit.last_samples
    if left % ranks and not fit.repeats:
        share = fit.last_share
        least = max(0, left - (ranks - 1) * share)
        outcome = (
            "averaging over replicas gives the samples of the smaller shares more weight"
            if least
            else "the mean loss of a replica without samples is not a number"
        )
        yield Finding(
            code="unequal-ranks",
            severity=Severity.WARNING if least else Severity.ERROR,
            message=f"the last batch of a pass has {left} of {fit.batch.row_samples} samples: "
            f"rank 0 gets {share} and rank {ranks - 1} gets {least}: {outcome}",
            field="/dataset_size",
            suggestion="a dataset_size that data_parallel_size divides, or drop_remainder",
        )


def samples_dropped(fit: KerasFit) -> Iterator[Finding]:
    """Samples that every pass leaves out."""
    left = fit.dataset_size - fit.kept_samples
    if left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"{left} of {fit.dataset_size} samples are dropped in every pass",
            field="/framework/drop_remainder",
            suggestion=f"a dataset_size that {fit.batch.row_samples} divides",
        )


def accumulation(run: CarriedRun | PartedRun) -> Iterator[Finding]:
    """Updates that take several micro-steps, whatever the epoch."""
    updates = run.shape.batch.gradient_accumulation_steps
    if updates == 1:
        return
    yield Finding(
        code="iterations-are-micro-steps",
        severity=Severity.INFO,
        message=f"learning rate schedules of keras count micro-steps: the run has "
        f"{counted(run.total_micro_steps, 'micro-step')} and {counted(run.total_steps, 'update')}",
        field="/gradient_accumulation_steps",
        suggestion=None,
    )
    yield from found.unused_micro_steps(run)

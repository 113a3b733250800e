"""Findings about runs of the Trainer: where its plan, its loop and its resume do not agree."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, gcd

from app.arithmetic.decimals import counted, decimal_text
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.frameworks.hf_trainer.plan import Loop, TrainerPlan

_CONSISTENT = "transformers 4.52 or newer, where plan and loop agree"


def plan_findings(plan: TrainerPlan, run: Run) -> Iterator[Finding]:
    """Everything in which the loop does not do what was planned, or the plan is not exact."""
    yield from _ends_early(plan, run)
    yield from _spilled(plan, run)
    yield from _uneven_updates(plan)
    yield from _rounded_product(plan)


def _ends_early(plan: TrainerPlan, run: Run) -> Iterator[Finding]:
    whole = plan.num_train_epochs * plan.len_dataloader
    asked = min(ceil(plan.budget.amount * plan.len_dataloader), whole)
    agrees = plan.loop is Loop.FLUSHED or plan.spills or not plan.is_epoch_based
    if agrees or run.total_micro_steps >= asked:
        return
    consistent = ceil(plan.budget.amount * run.shape.steps_per_epoch)
    yield Finding(
        code="run-ends-early",
        severity=Severity.WARNING,
        message=f"the plan counts {counted(plan.num_update_steps_per_epoch, 'update')} in the "
        f"{plan.len_dataloader} micro-steps of an epoch, the loop makes "
        f"{decimal_text(_updates_per_epoch(plan))}: its {counted(plan.max_steps, 'step')} are "
        f"over after {run.total_micro_steps} of the {asked} micro-steps that were asked for, in "
        f"epoch {run.epochs - 1} of {plan.num_train_epochs}",
        field="/framework/version",
        suggestion=f"{_CONSISTENT}: {consistent} steps",
    )


def _updates_per_epoch(plan: TrainerPlan) -> Fraction:
    """Updates that the loop makes in an epoch, on average over the epochs."""
    accumulation = plan.shape.batch.gradient_accumulation_steps
    if plan.loop is Loop.SPILLED:
        return Fraction(ceil_div(plan.len_dataloader, accumulation))
    updates = Fraction(plan.len_dataloader, accumulation)
    if updates > 1:
        return updates
    return 1 + updates - Fraction(gcd(plan.len_dataloader, accumulation), accumulation)


def _spilled(plan: TrainerPlan, run: Run) -> Iterator[Finding]:
    if not plan.spills:
        return
    size, batch = plan.shape.dataset_size, plan.shape.batch
    accumulation, taken = batch.gradient_accumulation_steps, plan.taken_of_rest
    rest = plan.len_dataloader % accumulation
    verb = "is" if run.shape.dropped_samples == 1 else "are"
    yield Finding(
        code="micro-steps-lost",
        severity=Severity.WARNING,
        message=f"behind its last whole group an epoch has {rest} micro-steps, of which the loop "
        f"takes {taken}, the remainder of {size} examples by {accumulation}: "
        f"{counted(run.shape.dropped_samples, 'sample')} of every epoch {verb} not trained, and "
        f"the gradients of the {taken} go into the first update of the next epoch, which adds up "
        f"{accumulation + taken} micro-steps",
        field="/framework/version",
        suggestion=_CONSISTENT,
    )


def _uneven_updates(plan: TrainerPlan) -> Iterator[Finding]:
    micro_steps, batch = plan.len_dataloader, plan.shape.batch
    accumulation = batch.gradient_accumulation_steps
    if plan.loop is Loop.CARRIED and micro_steps < accumulation and accumulation % micro_steps:
        yield Finding(
            code="uneven-updates",
            severity=Severity.WARNING,
            message=f"an epoch of {counted(micro_steps, 'micro-step')} ends with an update, but "
            f"another one follows after every {accumulation} micro-steps of the run, wherever in "
            "an epoch that is",
            field="/gradient_accumulation_steps",
            suggestion=f"gradient_accumulation_steps {micro_steps}",
        )


def _rounded_product(plan: TrainerPlan) -> Iterator[Finding]:
    exact = plan.budget.amount * plan.num_update_steps_per_epoch
    if plan.is_epoch_based and plan.max_steps != ceil(exact):
        yield Finding(
            code="rounded-product",
            severity=Severity.INFO,
            message=f"num_train_epochs x {plan.num_update_steps_per_epoch} is a product of "
            f"doubles: it gives {plan.max_steps} steps where {ceil(exact)} would be exact",
            field="/epochs",
            suggestion=f"steps {ceil(exact)}",
        )


def split_total(plan: TrainerPlan, *, split_batches: bool) -> Iterator[Finding]:
    """A total batch size that counts the ranks twice."""
    batch = plan.shape.batch
    if split_batches and batch.data_parallel_size > 1:
        told = batch.global_batch_size * batch.data_parallel_size
        yield Finding(
            code="ranks-counted-twice",
            severity=Severity.INFO,
            message=f"with split_batches per_device_train_batch_size {batch.row_samples} is shared "
            f"by all ranks, but the Trainer multiplies it by their number: it tells of a total "
            f"train batch size of {told}, and an update takes {batch.global_batch_size} samples",
            field="/framework/split_batches",
            suggestion=None,
        )


def resumed_elsewhere(
    plan: TrainerPlan, run: Run, step: int, *, ignore_data_skip: bool
) -> Iterator[Finding]:
    """A resumed run that goes on at another place than the unbroken one would.

    Args:
        plan: The plan.
        run: The unbroken run.
        step: The step of the checkpoint.
        ignore_data_skip: Whether the resumed run begins its epoch again.
    """
    if step == run.total_steps:
        return
    epoch, steps = run.epoch_at(step)
    micro_step = ceil_div(run.grid(epoch).start_of(steps), run.shape.batch.row_samples)
    resumed = plan.resumed(step, ignore_data_skip=ignore_data_skip)
    trained = run.shape.micro_steps_per_epoch
    distance = (resumed[0] - epoch) * trained + resumed[1] - micro_step
    if distance:
        yield Finding(
            code="resumed-elsewhere",
            severity=Severity.WARNING,
            message=f"after step {step} the unbroken run goes on with micro-step {micro_step} of "
            f"epoch {epoch}, the resumed one with micro-step {resumed[1]} of epoch {resumed[0]}: "
            f"{counted(abs(distance), 'micro-step')} "
            f"{'left out' if distance > 0 else 'trained twice'}",
            field="/framework/resume_from_checkpoint",
            suggestion=None,
        )

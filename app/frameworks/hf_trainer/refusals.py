"""Runs that the Trainer cannot make; each yields every fault it finds."""

from collections.abc import Iterator

from app.arithmetic.run import Run
from app.errors import Fault
from app.frameworks.hf_trainer.plan import Loop, TrainerPlan


def refused_loop(plan: TrainerPlan) -> Iterator[Fault]:
    """A loop that never reaches an update.

    Source: transformers 4.51.3, transformers/trainer.py (_inner_training_loop).
    """
    if plan.never_updates:
        size, accumulation = plan.shape.dataset_size, plan.shape.batch.gradient_accumulation_steps
        yield Fault(
            code="no-step-to-run",
            pointer="/gradient_accumulation_steps",
            detail=f"no epoch reaches an update: of its {plan.len_dataloader} micro-steps, which "
            f"are fewer than {accumulation}, the loop takes {plan.taken_of_rest}, the remainder of "
            f"{size} examples by {accumulation}",
            given=accumulation,
            allowed=f"at most {plan.len_dataloader}",
            nearest=(plan.len_dataloader,),
        )


def refused_idle_rank(plan: TrainerPlan, *, split_batches: bool) -> Iterator[Fault]:
    """A rank whose loader is empty: with num_train_epochs it cannot count its steps.

    Source: transformers 4.51.3, 4.57.1 and 5.23.0, transformers/trainer.py
    (set_initial_training_values).

    Args:
        plan: The plan.
        split_batches: Whether the loader's batches are shared by all ranks; then every loader
            claims the same length, whatever its rank gets.
    """
    batch, samples = plan.shape.batch, plan.shape.samples_per_epoch
    others = batch.row_samples - batch.micro_batch_size
    counts = plan.is_epoch_based and plan.loop is not Loop.CARRIED and not split_batches
    if counts and samples <= others:
        yield Fault(
            code="rank-without-batch",
            pointer="/framework/even_batches",
            detail=f"rank {batch.data_parallel_size - 1} gets none of {samples} samples, for the "
            f"ranks before it load {others}: it stops the run, as its loader has no length",
            given=False,
            allowed=f"true, or a dataset of more than {others} samples",
        )


def refused_checkpoint(step: int, run: Run) -> Iterator[Fault]:
    """A checkpoint behind the end of the run."""
    if step > run.total_steps:
        yield Fault(
            code="checkpoint-behind-end",
            pointer="/framework/resume_from_checkpoint",
            detail=f"the run ends after {run.total_steps} steps, before step {step}",
            given=step,
            allowed=f"an integer in [1, {run.total_steps}]",
            nearest=(run.total_steps,),
        )

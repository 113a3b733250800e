"""How far a run reads a tf.data pipeline: pass by pass, or in one stream."""

from app.arithmetic.integers import ceil_div
from app.arithmetic.run import budget_samples
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.frameworks.tf_data.pipeline import Pipeline


def repeats_in(spec: TrainingSpec, pipeline: Pipeline) -> bool:
    """Whether a run goes on behind the first pass because its pipeline repeats."""
    budget = spec.budget
    once = budget.unit is BudgetUnit.EPOCHS and budget.amount == 1 and not spec.is_virtual
    return pipeline.repeats and not once


def passes_in(spec: TrainingSpec, pipeline: Pipeline) -> bool:
    """Whether the epochs of a run are passes that all ranks begin and end together."""
    if not repeats_in(spec, pipeline):
        return True
    return pipeline.repeats_batches and pipeline.equal_batches and not spec.is_virtual


def streams_batches(pipeline: Pipeline) -> bool:
    """Whether repeated batches make a stream in which every micro-step is full."""
    together = pipeline.equal_batches or not pipeline.repeats_shards
    return pipeline.all_full and together


def stream_samples(spec: TrainingSpec, pipeline: Pipeline) -> int:
    """Positions of a repeated dataset that the run reads: all of them, or whole micro-steps."""
    budget, row = spec.budget, pipeline.batch.row_samples
    if budget.unit is BudgetUnit.STEPS:
        return int(budget.amount) * row
    if budget.unit is not BudgetUnit.EPOCHS:
        return ceil_div(budget_samples(budget), row) * row
    epochs = int(budget.amount)
    if spec.steps_per_epoch is not None:
        return epochs * spec.steps_per_epoch * row
    if pipeline.repeats_batches:
        return epochs * pipeline.pass_samples
    return pipeline.kept(epochs * pipeline.dataset_size)

"""What a tf.data pipeline cannot do, and pipelines whose ranks cannot be told apart by steps."""

from collections.abc import Iterator

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.errors import Fault
from app.frameworks.tf_data.length import passes_in, repeats_in, stream_samples, streams_batches
from app.frameworks.tf_data.pipeline import PIPELINES, Pipeline

_ACCUMULATION = "/gradient_accumulation_steps"


def refused_accumulation(steps: int | None) -> Iterator[Fault]:
    """Micro-steps that are no steps: tf.data knows of no updates."""
    if steps is not None and steps != 1:
        yield Fault(
            code="no-accumulation",
            pointer=_ACCUMULATION,
            detail="tf-data yields micro-batches and knows of no updates: a micro-step is a step",
            given=steps,
            allowed="1, or the framework keras",
            nearest=(1,),
        )


def refused_virtual_epochs(draft: SpecDraft, order: str) -> Iterator[Fault]:
    """Virtual epochs of a dataset that does not repeat."""
    if draft.gives("steps_per_epoch") and "repeat" not in order:
        yield Fault(
            code="no-virtual-epochs",
            pointer="/steps_per_epoch",
            detail=f"a dataset of {order} ends with its pass; it takes repeat to go on",
            given=draft.steps_per_epoch,
            allowed="no steps_per_epoch, or transformations with repeat: "
            + ", ".join(each for each in PIPELINES if "repeat" in each),
        )


def refused_empty_shards(pipeline: Pipeline, *, buffer_size: int | None) -> Iterator[Fault]:
    """Ranks without a sample, where shuffle would get a buffer of their cardinality."""
    ranks, size = pipeline.batch.data_parallel_size, pipeline.dataset_size
    if pipeline.shuffles_shards and buffer_size is None and size < ranks:
        yield Fault(
            code="buffer-empty",
            pointer="/framework/buffer_size",
            detail=f"{ranks - size} of {ranks} ranks have no sample, and shuffle takes no buffer "
            "of size 0",
            given=None,
            allowed="an integer that is at least 1",
            nearest=(1,),
        )


def refused_repetition(spec: TrainingSpec, pipeline: Pipeline) -> Iterator[Fault]:
    """Repeated shards of which some are shorter, or end with a batch that is not full."""
    if not repeats_in(spec, pipeline):
        return
    if pipeline.repeats_batches:
        if not (passes_in(spec, pipeline) or streams_batches(pipeline)):
            yield _batches_inside(pipeline)
    elif pipeline.repeats_shards and not pipeline.equal_shards:
        yield from _shards_inside(spec, pipeline)


def refused_nothing(spec: TrainingSpec, pipeline: Pipeline) -> Iterator[Fault]:
    """Runs without a single full micro-batch."""
    passed = pipeline.repeats_batches or not repeats_in(spec, pipeline)
    samples = pipeline.pass_samples if passed else stream_samples(spec, pipeline)
    if not samples:
        batch = pipeline.batch
        yield Fault(
            code="no-step-to-run",
            pointer="/framework/drop_remainder",
            detail=f"no micro-batch is full: the dataset has {pipeline.dataset_size} samples, and "
            f"{batch.data_parallel_size} ranks batch {batch.micro_batch_size} of them at a time",
            given=True,
            allowed=f"false, or a dataset of at least {batch.row_samples} samples",
        )


def _batches_inside(pipeline: Pipeline) -> Fault:
    last = pipeline.batch.data_parallel_size - 1
    return Fault(
        code="short-batch-inside",
        pointer="/framework/transformations",
        detail="repeat comes after batch: a pass ends with a micro-batch that is not full, or "
        f"rank 0 has {pipeline.rank_batches(0)} micro-batches of a pass and rank {last} has "
        f"{pipeline.rank_batches(last)}, so micro-steps mix samples of different passes",
        given=pipeline.order,
        allowed="drop_remainder true with shards of equal size, repeat before batch, or no repeat",
        nearest=(pipeline.order.replace(".repeat", "").replace(".batch", ".repeat.batch"),),
    )


def _shards_inside(spec: TrainingSpec, pipeline: Pipeline) -> Iterator[Fault]:
    ranks = pipeline.batch.data_parallel_size
    most, least = pipeline.shard_samples(0), pipeline.shard_samples(ranks - 1)
    finite = spec.budget.unit is BudgetUnit.EPOCHS and not spec.is_virtual
    if not finite and least:
        return
    repeated = f" {spec.budget.amount} times" if finite else ""
    yield Fault(
        code="unequal-shards",
        pointer="/framework/transformations",
        detail=f"rank 0 repeats {most} samples{repeated} and rank {ranks - 1} repeats {least}: "
        "one runs out of samples long before the other",
        given=pipeline.order,
        allowed="a dataset_size that data_parallel_size divides, shard after repeat, or no repeat",
        nearest=("shuffle.repeat.shard.batch",),
    )

"""Runs through tf.data pipelines, and how many different samples they see."""

from app.arithmetic.buffer_coverage import BufferedPasses, buffer_coverage
from app.arithmetic.coverage import Coverage
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.arithmetic.stream_run import StreamRun, stream_run
from app.frameworks.tf_data.epoch import PipelineEpoch
from app.frameworks.tf_data.length import passes_in, stream_samples
from app.frameworks.tf_data.pipeline import Pipeline
from app.frameworks.tf_data.tables import Shuffle, shard_turn
from app.sampling.layout import rank_positions


def pass_shape(pipeline: Pipeline) -> EpochShape:
    """An epoch that is one pass.

    >>> from app.arithmetic.batch import solve_batch
    >>> pipeline = Pipeline(
    ...     order="shard.shuffle.batch",
    ...     dataset_size=11,
    ...     batch=solve_batch(micro_batch_size=2, data_parallel_size=3),
    ...     drop_remainder=True,
    ... )
    >>> shape = pass_shape(pipeline)
    >>> shape.steps_per_epoch, shape.dropped_samples
    (2, 1)
    """
    samples = pipeline.pass_samples
    return EpochShape(
        dataset_size=pipeline.dataset_size,
        batch=pipeline.batch,
        steps_per_epoch=ceil_div(samples, pipeline.batch.row_samples),
        samples_per_epoch=samples,
        dropped_samples=pipeline.dataset_size - samples,
    )


def pipeline_run(spec: TrainingSpec, pipeline: Pipeline) -> Run:
    """Passes that all ranks begin and end together, or one stream."""
    if passes_in(spec, pipeline):
        return pass_run(pass_shape(pipeline), spec.budget)
    row = pipeline.batch.row_samples
    virtual = None if spec.steps_per_epoch is None else spec.steps_per_epoch * row
    samples = stream_samples(spec, pipeline)
    return stream_run(
        pipeline.batch,
        pass_samples=virtual or pipeline.epoch_samples,
        stream_samples=samples,
        total_steps=ceil_div(samples, row),
    )


def epoch_of(pipeline: Pipeline, run: Run, epoch: int) -> PipelineEpoch:
    """What an epoch of a run reads."""
    if isinstance(run, StreamRun):
        return PipelineEpoch(
            pipeline=pipeline,
            start=run.first_position(epoch),
            count=run.samples_in_epoch(epoch),
            iteration=0,
            endless=True,
        )
    return PipelineEpoch(
        pipeline=pipeline,
        start=0,
        count=run.shape.samples_per_epoch,
        iteration=epoch,
        endless=False,
    )


def pipeline_coverage(pipeline: Pipeline, run: Run, shuffle: Shuffle | None) -> Coverage:
    """Distinct samples of a run: those that every rank takes of its shard, or all of the whole."""
    epoch = epoch_of(pipeline, run, 0)
    ranks, size = pipeline.batch.data_parallel_size, pipeline.dataset_size
    if not (pipeline.shuffles_shards or epoch.drifts):
        passes = _passes(run, epoch.turn, _taken_in_common(run), size, shuffle)
        return buffer_coverage([(1, passes)], dataset_size=size)
    groups = [
        (
            count,
            _passes(run, shard_turn(epoch, rank), _taken_by(pipeline, run, rank), pool, shuffle),
        )
        for count, rank in ((size % ranks, 0), (ranks - size % ranks, ranks - 1))
        if count and (pool := pipeline.shard_samples(rank))
    ]
    return buffer_coverage(groups, dataset_size=size)


def _taken_in_common(run: Run) -> tuple[int, int]:
    """Samples of a full epoch and of the last one; of the whole stream, where there is one."""
    if isinstance(run, StreamRun):
        return 0, run.total_samples
    return run.shape.samples_per_epoch, run.samples_in_epoch(run.epochs - 1)


def _taken_by(pipeline: Pipeline, run: Run, rank: int) -> tuple[int, int]:
    full, last = (
        rank_positions(pipeline.layout, range(count), pipeline.batch, rank).count
        for count in _taken_in_common(run)
    )
    return full, last


def _passes(
    run: Run, turn: int, taken: tuple[int, int], pool_size: int, shuffle: Shuffle | None
) -> BufferedPasses:
    full, last = taken
    passes = run.epochs
    if isinstance(run, StreamRun):
        passes = max(1, ceil_div(last, turn))
        full, last = turn, last - (passes - 1) * turn
    return BufferedPasses(
        pool_size=pool_size,
        buffer_size=1 if shuffle is None else shuffle.buffer_size or pool_size,
        passes=passes,
        pass_samples=full,
        last_pass_samples=last,
        fresh=shuffle is not None and shuffle.fresh,
    )

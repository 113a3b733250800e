"""What the owner of a tf.data pipeline should know."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.arithmetic.stream_run import StreamRun
from app.frameworks.tensorflow_seeds import MODULUS
from app.frameworks.tf_data.pipeline import Pipeline


def weak_shuffle(buffer_size: int | None, pool_size: int) -> Iterator[Finding]:
    """A buffer that holds a part of what it shuffles."""
    if buffer_size is not None and buffer_size < pool_size:
        alone = buffer_size == 1
        yield Finding(
            code="weak-shuffle",
            severity=Severity.WARNING,
            message=f"the shuffle buffer holds {buffer_size} of {pool_size} samples: "
            + (
                "their order stays as it is"
                if alone
                else f"no sample comes more than {counted(buffer_size - 1, 'position')} earlier "
                "than in the dataset"
            ),
            field="/framework/buffer_size",
            suggestion=f"buffer_size {pool_size}",
        )


def seed_reduced(spec: TrainingSpec) -> Iterator[Finding]:
    """Seeds that TensorFlow reduces."""
    seed = spec.sampling.seed
    if seed >= MODULUS and spec.sampling.method is not SamplingMethod.SEQUENTIAL:
        yield Finding(
            code="seed-truncated",
            severity=Severity.WARNING,
            message=f"TensorFlow takes seeds modulo {MODULUS}: seed {seed} gives the orders of "
            f"seed {seed % MODULUS}",
            field="/sampling/seed",
            suggestion=f"sampling.seed {seed % MODULUS}",
        )


def shards_of_a_shuffle(spec: TrainingSpec, pipeline: Pipeline) -> Iterator[Finding]:
    """Shards of a stream that every rank shuffles on its own."""
    ranks = spec.batch.data_parallel_size
    shuffled = spec.sampling.method is not SamplingMethod.SEQUENTIAL
    if ranks > 1 and shuffled and not pipeline.shuffles_shards:
        yield Finding(
            code="shard-after-shuffle",
            severity=Severity.INFO,
            message=f"each of {ranks} ranks shuffles all {pipeline.dataset_size} samples before "
            "it takes its shard: the shards are disjoint only while all of them have the same "
            "seeds and have made as many iterators",
            field="/framework/transformations",
            suggestion="shard before shuffle",
        )


def crossing_batches(run: StreamRun, pipeline: Pipeline) -> Iterator[Finding]:
    """Micro-batches that begin in one pass and end in another."""
    if pipeline.repeats_batches:
        return
    row, size = run.shape.batch.row_samples, pipeline.epoch_samples
    if size % row and run.total_samples > size:
        yield Finding(
            code="micro-batches-cross-passes",
            severity=Severity.INFO,
            message=f"repeat comes before batch: passes of {size} samples follow one another "
            f"without a break, and micro-steps of {row} cross their ends",
            field="/framework/transformations",
            suggestion="repeat after batch",
        )


def drifting_ranks(pipeline: Pipeline) -> Iterator[Finding]:
    """Ranks that repeat shards of unequal size without end."""
    own = pipeline.repeats_shards and not pipeline.repeats_batches
    if own and not pipeline.equal_shards:
        last = pipeline.batch.data_parallel_size - 1
        most, least = pipeline.shard_samples(0), pipeline.shard_samples(last)
        yield Finding(
            code="ranks-drift",
            severity=Severity.WARNING,
            message=f"rank 0 repeats {counted(most, 'sample')} and rank {last} repeats "
            f"{least}: the ranks are in different passes after a while, and samples of smaller "
            "shards are seen more often",
            field="/framework/transformations",
            suggestion="a dataset_size that data_parallel_size divides, or shard after repeat",
        )

"""What the owner of a DeepSpeed schedule should know; each yields what it finds."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks.deepspeed.elasticity import ElasticBatch, Elasticity


def replayed_epochs(spec: TrainingSpec, run: Run) -> Iterator[Finding]:
    """A shuffle that is the same in every epoch."""
    if spec.sampling.method is SamplingMethod.SHUFFLE and run.epochs > 1:
        yield Finding(
            code="epochs-replay-the-first",
            severity=Severity.WARNING,
            message="DeepSpeed's loader never calls set_epoch: all "
            f"{counted(run.epochs, 'epoch')} replay the order of epoch 0",
            field="/sampling/method",
            suggestion="the framework native, with a new order for every pass; in DeepSpeed call "
            "loader.data_sampler.set_epoch(epoch), which is the framework pytorch; or "
            "sampling.method shuffle_once, which says what happens",
        )


def ignored_seed(spec: TrainingSpec) -> Iterator[Finding]:
    """A seed that the loader does not know."""
    if spec.sampling.seed:
        yield Finding(
            code="seed-has-no-effect",
            severity=Severity.WARNING,
            message="DeepSpeed's loader leaves the seed of its DistributedSampler at 0, so seed "
            f"{spec.sampling.seed} changes nothing but the plan_id",
            field="/sampling/seed",
            suggestion="sampling.seed 0, or the framework pytorch or native with this seed",
        )


def lone_batch(ranks: int, batch: ElasticBatch) -> Iterator[Finding]:
    """An elastic batch that no other number of ranks has."""
    if batch.valid_gpus == (ranks,):
        yield Finding(
            code="elastic-batch-of-these-ranks",
            severity=Severity.WARNING,
            message=f"the elastic batch of {batch.train_batch_size} samples is that of {ranks} "
            "ranks alone: any other number of ranks trains with another batch size",
            field="/data_parallel_size",
            suggestion="elasticity version 0.1, with one batch size for all valid numbers of ranks",
        )


def batch_above_largest(batch: ElasticBatch, elasticity: Elasticity) -> Iterator[Finding]:
    """An elastic batch that is larger than asked for."""
    largest = elasticity.max_train_batch_size
    if batch.train_batch_size > largest:
        yield Finding(
            code="elastic-batch-above-largest",
            severity=Severity.WARNING,
            message=f"the elastic batch of {batch.train_batch_size} samples is above "
            f"max_train_batch_size {largest}: the least common multiple of micro_batch_sizes is "
            "not compared with it",
            field="/framework/elasticity/max_train_batch_size",
            suggestion="version 0.19.7 of DeepSpeed, or micro_batch_sizes with a smaller multiple",
        )


def elasticity_removed_later() -> Finding:
    """Elastic training is no more."""
    return Finding(
        code="elasticity-removed-later",
        severity=Severity.INFO,
        message="DeepSpeed 0.19.8 has removed elastic training and refuses its block",
        field="/framework/version",
        suggestion="global_batch_size, micro_batch_size and gradient_accumulation_steps of this "
        "plan, without elasticity",
    )

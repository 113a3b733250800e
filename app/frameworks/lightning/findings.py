"""What the owner of a Lightning schedule should know; each yields what it finds."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks import schedule_findings as found
from app.frameworks.lightning.loader import PLAIN, UNREPEATED, TrainLoader
from app.frameworks.lightning.validation import Validation


def shuffled_after_all(spec: TrainingSpec, loader: TrainLoader) -> Iterator[Finding]:
    """A loader in the order of the dataset, which Lightning shuffles when it spreads it."""
    if spec.sampling.method is SamplingMethod.SEQUENTIAL and loader.shuffles:
        yield Finding(
            code="shuffled-after-all",
            severity=Severity.WARNING,
            message="Lightning gives the training loader of "
            f"{counted(spec.batch.data_parallel_size, 'rank')} a DistributedSampler that shuffles, "
            "also where DataLoader(shuffle=False) was asked for: the order is not sequential",
            field="/sampling/method",
            suggestion="sampler DistributedSampler, which keeps to sampling.method",
        )


def not_shuffled(spec: TrainingSpec, loader: TrainLoader) -> Iterator[Finding]:
    """A shuffled loader whose shuffling overfit_batches turns off."""
    if spec.sampling.method is SamplingMethod.SHUFFLE and not loader.shuffles:
        yield Finding(
            code="shuffling-turned-off",
            severity=Severity.WARNING,
            message="overfit_batches turns shuffling off: every epoch reads the same "
            f"{counted(loader.read(0), 'micro-batch', 'micro-batches')} per rank, in the order "
            "of the dataset",
            field="/framework/overfit_batches",
            suggestion="sampling.method sequential, or limit_train_batches",
        )


def idle_seed(spec: TrainingSpec, loader: TrainLoader) -> Iterator[Finding]:
    """A seed that decides nothing."""
    reason = "nothing is shuffled"
    if loader.sampler == UNREPEATED and loader.shuffles:
        reason = f"{UNREPEATED} shuffles by the epoch alone"
    elif loader.shuffles:
        return
    yield from found.idle_seed(spec, reason=reason)


def copied_dataset(loader: TrainLoader) -> Iterator[Finding]:
    """Ranks that all read the same samples."""
    if loader.copies > 1:
        yield Finding(
            code="every-rank-reads-everything",
            severity=Severity.WARNING,
            message=f"nothing spreads the dataset over the ranks: all {loader.copies} of them read "
            f"the same samples, so a step of {loader.batch.global_batch_size} samples holds every "
            f"sample {loader.copies} times",
            field="/framework/use_distributed_sampler",
            suggestion="use_distributed_sampler true, or sampler DistributedSampler",
        )


def ignored_limit(limit: object) -> Iterator[Finding]:
    """limit_train_batches beside overfit_batches."""
    if limit is not None:
        yield Finding(
            code="limit-has-no-effect",
            severity=Severity.WARNING,
            message=f"overfit_batches takes the place of limit_train_batches {limit}",
            field="/framework/limit_train_batches",
            suggestion="no limit_train_batches",
        )


def one_micro_batch(limit: object, loader: TrainLoader) -> Iterator[Finding]:
    """An integer 1 where 1.0 may have been meant."""
    length = loader.length(0)
    if type(limit) is int and limit == 1 and length > 1:
        yield Finding(
            code="one-micro-batch-per-epoch",
            severity=Severity.INFO,
            message=f"the integer 1 is one micro-batch of {length}; 1.0 would be all of them",
            field="/framework/limit_train_batches",
            suggestion=f"1.0, or {length}",
        )


def share_above_one(overfit: object, loader: TrainLoader) -> Iterator[Finding]:
    """A whole double above 1.0, which overfit_batches takes for a share."""
    if isinstance(overfit, float) and overfit > 1:
        yield Finding(
            code="overfit-share-above-one",
            severity=Severity.WARNING,
            message=f"overfit_batches {overfit} is a share of the loader, not a number of "
            f"micro-batches: all {loader.length(0)} are read",
            field="/framework/overfit_batches",
            suggestion=f"the integer {int(overfit)}",
        )


def never_validated(validation: Validation) -> Iterator[Finding]:
    """A run without a validation."""
    if not validation.runs:
        yield Finding(
            code="never-validated",
            severity=Severity.WARNING,
            message=f"validation never runs in {counted(validation.micro_steps, 'micro-step')}: "
            f"it comes after every {validation.interval} of them, "
            + (
                f"in every epoch number {validation.every_n_epochs} of {validation.epoch_length}"
                if validation.every_n_epochs
                else "counted over the run"
            ),
            field="/framework/val_check_interval",
        )


def position_lost(run: Run, loader: TrainLoader) -> Iterator[Finding]:
    """Checkpoints inside an epoch, from which the loader begins anew."""
    length = run.shape.micro_steps_per_epoch
    if length == 1:
        return
    done = length // 2
    again = length - done
    fresh = ""
    if loader.shuffles and loader.sampler == PLAIN:
        fresh = "; the generator begins anew as well, with the order of epoch 0"
    yield Finding(
        code="resume-forgets-position",
        severity=Severity.INFO,
        message="a checkpoint inside an epoch does not hold the position of a plain DataLoader: "
        f"resumed after {done} of {length} micro-steps, the epoch goes on with its first "
        f"{counted(again, 'micro-batch', 'micro-batches')} instead of its last {again}{fresh}",
        field="/framework",
        suggestion="checkpoints at the end of an epoch, or a loader with state_dict and "
        "load_state_dict; the framework native resumes at any step",
    )

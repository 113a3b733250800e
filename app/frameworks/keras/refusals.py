"""What keras' fit cannot do with its data, and what cannot be told exactly."""

from collections.abc import Iterator

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.errors import Fault
from app.frameworks.keras.fit import KerasFit

MOST_SHUFFLED_ITEMS = 2**22
"""Items, summed over the passes, that are shuffled to know where the last one stands."""

HIGHEST_SEED = 2**32 - 1
"""Of keras.utils.set_random_seed, which seeds NumPy's legacy generator as well."""


def refused_endless_epochs(draft: SpecDraft, *, repeats: bool) -> Iterator[Fault]:
    """Repeated data without a number of steps: the first epoch would never end."""
    if repeats and not draft.gives("steps_per_epoch"):
        yield Fault(
            code="epoch-without-end",
            pointer="/steps_per_epoch",
            detail="the data repeats without end, and so does an epoch without steps_per_epoch",
            given=None,
            allowed="a positive integer, or no repeat",
        )


def refused_executions(draft: SpecDraft, steps_per_execution: int) -> Iterator[Fault]:
    """Runs that would have to stop inside an execution."""
    if steps_per_execution == 1:
        return
    for unit in BudgetUnit:
        if unit is not BudgetUnit.EPOCHS and draft.gives(unit):
            yield Fault(
                code="stops-inside-execution",
                pointer=f"/{unit}",
                detail=f"fit can be stopped between executions only, and an execution runs "
                f"{steps_per_execution} micro-steps",
                given=getattr(draft, unit),
                allowed="a budget of epochs, or steps_per_execution 1",
            )


def refused_large_seed(spec: TrainingSpec, *, seeded: bool) -> Iterator[Fault]:
    """Seeds that set_random_seed refuses."""
    seed = spec.sampling.seed
    if seeded and seed > HIGHEST_SEED:
        yield Fault(
            code="seed-too-large",
            pointer="/sampling/seed",
            detail=f"keras.utils.set_random_seed takes seeds up to {HIGHEST_SEED}",
            given=seed,
            allowed=f"an integer in [0, {HIGHEST_SEED}]",
            nearest=(HIGHEST_SEED,),
        )


def refused_replicas(fit: KerasFit, *, items: bool, prefetches_passes: bool) -> Iterator[Fault]:
    """Several replicas, where fit fails or reads ahead as it happens.

    With a strategy fit begins by averaging the first batch over the replicas, which takes blocks
    of equal size (keras 3.15.1, backend/tensorflow/trainer.py, _maybe_symbolic_build).
    """
    ranks, size = fit.batch.data_parallel_size, fit.dataset_size
    if ranks == 1:
        return
    if items or prefetches_passes:
        reason = (
            "an item that is not full may come first, and fit fails where replicas share it "
            "unequally"
            if items
            else "several replicas read ahead, so that the seeds of a pass depend on chance"
        )
        yield Fault(
            code="no-sharding",
            pointer="/data_parallel_size",
            detail=f"in keras {reason}",
            given=ranks,
            allowed="1, or another kind of data",
            nearest=(1,),
        )
    elif not fit.repeats and size < fit.batch.row_samples and size % ranks:
        below = size // ranks * ranks
        yield Fault(
            code="first-batch-unequal",
            pointer="/dataset_size",
            detail=f"the only batch has {size} samples, which {ranks} replicas cannot share "
            "equally, and fit averages its first batch over them",
            given=size,
            allowed=f"a multiple of {ranks}, or at least {fit.batch.row_samples}",
            nearest=tuple(near for near in (below, below + ranks) if near),
        )


def refused_repetition(fit: KerasFit, repeat: str | None) -> Iterator[Fault]:
    """Repeated batches one of which is not full, in the middle of an epoch."""
    if repeat == "after_batch" and not fit.drop_remainder and fit.last_samples:
        yield Fault(
            code="short-batch-inside",
            pointer="/framework/repeat",
            detail=f"every pass ends with a batch of {fit.last_samples} of "
            f"{fit.batch.row_samples} samples, in the middle of an epoch",
            given=repeat,
            allowed="before_batch, null, or drop_remainder true",
            nearest=("before_batch",),
        )


def refused_items(spec: TrainingSpec, fit: KerasFit, run: Run) -> Iterator[Fault]:
    """Shuffled items one of which is not full, where it matters too much where it stands."""
    accumulation = spec.batch.gradient_accumulation_steps
    if accumulation > 1:
        yield Fault(
            code="short-batch-inside",
            pointer="/gradient_accumulation_steps",
            detail=f"the last item has {fit.last_samples} of {fit.batch.micro_batch_size} "
            "samples and may come in the middle of a step",
            given=accumulation,
            allowed="1, a dataset_size that micro_batch_size divides, or sampling.method "
            "sequential",
            nearest=(1,),
        )
    passes = ceil_div(run.total_micro_steps, fit.pass_micro_steps)
    if passes * fit.pass_micro_steps > MOST_SHUFFLED_ITEMS:
        yield Fault(
            code="too-many-items",
            pointer="/dataset_size",
            detail=f"the last item has {fit.last_samples} of {fit.batch.micro_batch_size} "
            f"samples: where it comes follows from shuffling {fit.pass_micro_steps} items "
            f"{passes} times, of which {MOST_SHUFFLED_ITEMS} are shuffled at most",
            given=spec.dataset_size,
            allowed="a multiple of micro_batch_size, or fewer items or passes",
        )


def refused_nothing(fit: KerasFit) -> Iterator[Fault]:
    """Data without a single full batch."""
    if not fit.pass_micro_steps:
        row = fit.batch.row_samples
        yield Fault(
            code="no-step-to-run",
            pointer="/framework/drop_remainder",
            detail=f"no batch is full: the data has {fit.dataset_size} samples, a batch {row}",
            given=True,
            allowed=f"false, or a dataset of at least {row} samples",
        )


def refused_short_run(run: Run) -> Iterator[Fault]:
    """Runs that end before the first update."""
    if not run.total_steps:
        accumulation = run.shape.batch.gradient_accumulation_steps
        yield Fault(
            code="no-step-to-run",
            pointer="/gradient_accumulation_steps",
            detail=f"the run ends before its first update, which takes {accumulation} micro-steps",
            given=accumulation,
            allowed=f"at most {run.total_micro_steps}",
            nearest=(run.total_micro_steps,),
        )

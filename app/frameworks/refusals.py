"""What a framework cannot do, as faults of a draft; each yields every fault it finds."""

from collections.abc import Callable, Iterator

from app.arithmetic.draft import SpecDraft
from app.arithmetic.epochs import EpochShape
from app.arithmetic.run import Run
from app.arithmetic.spec import BudgetUnit, TrainingSpec
from app.arithmetic.written import written_amount
from app.errors import Fault
from app.frameworks.protocol import Framework


def refused_fields(framework: Framework, draft: SpecDraft, *, remainder: str) -> Iterator[Fault]:
    """Method, budget and remainder of a draft, as far as the framework has none of the kind.

    Args:
        framework: Whose draft it is.
        draft: What was asked for.
        remainder: The options that decide about the remainder instead, in words.
    """
    yield from refused_method(framework, draft)
    yield from refused_budget(framework, draft)
    if draft.gives("remainder"):
        yield Fault(
            code="remainder-belongs-to-native",
            pointer="/remainder",
            detail=f"in {framework.name} {remainder} decides what becomes of the remainder",
            given=draft.remainder and str(draft.remainder),
            allowed=f"no remainder; {remainder}",
        )


def refused_method(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """A sampling method that the framework does not have."""
    methods = framework.sampling_methods
    if "sampling" not in draft.malformed and draft.sampling.method not in methods:
        yield Fault(
            code="method-not-in-framework",
            pointer="/sampling/method",
            detail=f"{framework.name} has no sampling like {draft.sampling.method}",
            given=str(draft.sampling.method),
            allowed=f"one of {', '.join(methods)}",
            nearest=tuple(map(str, methods[:1])),
        )


def refused_budget(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Budgets in units that the framework does not know."""
    units = framework.budget_units
    for unit in BudgetUnit:
        if unit not in units and draft.gives(unit):
            yield Fault(
                code="budget-not-in-framework",
                pointer=f"/{unit}",
                detail=f"{framework.name} has no budget of {unit}",
                given=getattr(draft, unit),
                allowed=f"a budget of {' or '.join(units)}",
            )


def refused_steps_per_epoch(
    framework: Framework, draft: SpecDraft, *, instead: str
) -> Iterator[Fault]:
    """Virtual epochs, where the framework has none.

    Args:
        framework: Whose draft it is.
        draft: What was asked for.
        instead: What its users do, in words.
    """
    if draft.gives("steps_per_epoch"):
        yield Fault(
            code="no-virtual-epochs",
            pointer="/steps_per_epoch",
            detail=f"an epoch of {framework.name} is as long as its data loader",
            given=draft.steps_per_epoch,
            allowed=f"no steps_per_epoch; {instead}",
        )


def refused_fractions(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Epochs that are no whole number, where the framework counts whole ones."""
    epochs = draft.epochs
    if epochs is not None and epochs.denominator != 1:
        below = int(epochs)
        yield Fault(
            code="epochs-not-whole",
            pointer="/epochs",
            detail=f"{framework.name} runs whole epochs",
            given=written_amount(epochs),
            allowed="a whole number of epochs",
            nearest=tuple(whole for whole in (below, below + 1) if whole),
        )


def refused_ranks(
    framework: Framework, draft: SpecDraft, *, reason: str, instead: str
) -> Iterator[Fault]:
    """Several ranks, where all of them would see the same samples."""
    if draft.knows("data_parallel_size") and draft.data_parallel_size != 1:
        yield Fault(
            code="no-sharding",
            pointer="/data_parallel_size",
            detail=f"in {framework.name} {reason}",
            given=draft.data_parallel_size,
            allowed=f"1, or {instead}",
            nearest=(1,),
        )


def refused_schedule(run: Callable[[], Run], shape: EpochShape, *, field: str) -> Iterator[Fault]:
    """Loaders without a micro-batch, and runs without an update.

    Args:
        run: Makes the run; not called where an epoch has no step.
        shape: A full epoch.
        field: The option that leaves nothing.
    """
    batch = shape.batch
    if not shape.steps_per_epoch:
        yield Fault(
            code="no-step-to-run",
            pointer=field,
            detail=f"no micro-batch is left: the dataset has {shape.dataset_size} samples, and "
            f"{batch.data_parallel_size} ranks load {batch.micro_batch_size} at a time",
            given=None,
            allowed=f"a dataset of at least {batch.row_samples} samples, or keep what is left over",
        )
    elif not run().total_steps:
        accumulation = batch.gradient_accumulation_steps
        yield Fault(
            code="no-step-to-run",
            pointer="/gradient_accumulation_steps",
            detail=f"the run ends before its first update, which takes {accumulation} micro-steps",
            given=accumulation,
            allowed=f"at most {run().total_micro_steps}",
            nearest=(run().total_micro_steps,),
        )


def refused_seed(spec: TrainingSpec, run: Run, *, highest: int, what: str) -> Iterator[Fault]:
    """Seeds that are too large once an epoch is added.

    Args:
        spec: The spec.
        run: Its run.
        highest: Largest sum of seed and epoch.
        what: Who refuses more, in words.
    """
    last = spec.sampling.seed + run.epochs - 1
    if last > highest:
        largest = highest - run.epochs + 1
        yield Fault(
            code="seed-too-large",
            pointer="/sampling/seed",
            detail=f"{what} takes seeds up to {highest}; the last epoch would need {last}",
            given=spec.sampling.seed,
            allowed=f"an integer in [0, {largest}]" if largest >= 0 else "fewer epochs",
            nearest=(largest,) if largest >= 0 else (),
        )

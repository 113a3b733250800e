"""Megatron's arguments, and which of them go together."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import BudgetUnit, SamplingMethod
from app.arithmetic.written import written_amount
from app.errors import Fault
from app.frameworks.number_options import AmountList, WholeList
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.protocol import Framework

METHODS: Final = {"single": SamplingMethod.SEQUENTIAL, "cyclic": SamplingMethod.SHUFFLE}
"""What each dataloader_type does with the order of the dataset."""

EVAL_ITERS: Final = 100
"""Megatron's default."""

_MOST_DATASETS: Final = 48
"""A plan_id of 2,048 characters has room for so many numbers of any length."""

MEGATRON_OPTIONS: Final[tuple[Option, ...]] = (
    Choice(
        name="dataloader_type",
        default=None,
        optional=True,
        choices=tuple(METHODS),
        description="single reads the dataset once, in its own order; cyclic shuffles it for "
        "every pass. null: what sampling.method says, single for sequential and cyclic for "
        "shuffle (Megatron itself takes single).",
    ),
    Flag(
        name="data_sharding",
        default=True,
        description="cyclic only: every rank shuffles consecutive samples of its own "
        "(--no-data-sharding turns it off).",
    ),
    Flag(
        name="drop_last",
        default=True,
        description="single only: drop_last of MegatronPretrainingSampler, which leaves out a "
        "micro-step that is not full.",
    ),
    WholeList(
        name="rampup_batch_size",
        default=None,
        optional=True,
        lowest=1,
        fewest=3,
        most=3,
        description="Start batch size, increment, ramp-up samples; global_batch_size is reached "
        "at the end of the ramp.",
    ),
    Flag(
        name="decrease_batch_size_if_needed",
        default=False,
        description="Rounds a global batch down that micro_batch_size x data_parallel_size does "
        "not divide.",
    ),
    Whole(
        name="global_batch_size",
        default=None,
        optional=True,
        lowest=1,
        description="The global batch that Megatron is given, where a step has fewer samples "
        "because of decrease_batch_size_if_needed.",
    ),
    Whole(
        name="eval_interval",
        default=None,
        optional=True,
        lowest=1,
        description="Iterations between two evaluations; the sizes of the datasets follow from it.",
    ),
    Whole(
        name="eval_iters",
        default=EVAL_ITERS,
        description="Iterations of each evaluation; needs eval_interval.",
    ),
    AmountList(
        name="blend",
        default=None,
        optional=True,
        lowest=1e-9,
        highest=1e9,
        most=_MOST_DATASETS,
        description="Weights of several datasets that are blended into the one of dataset_size "
        "samples (BlendedDataset). The samples that are taken of each dataset are numbered one "
        "dataset after the other.",
    ),
    WholeList(
        name="blend_sizes",
        default=None,
        optional=True,
        lowest=1,
        most=_MOST_DATASETS,
        description="Sizes of several datasets that are blended in proportion to them, without "
        "weights.",
    ),
)

_OWNERS: Final = {"data_sharding": "cyclic", "drop_last": "single"}
"""The dataloader_type that an option belongs to."""


def misplaced_options(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Options that say nothing beside the others."""
    loader = framework.option(draft, "dataloader_type")
    for name, owner in _OWNERS.items():
        if loader not in {None, owner} and framework.option(draft, name) is False:
            reason = f"dataloader_type {owner}, but it is {loader}"
            yield _misplaced(name, given=False, needs=reason)
    eval_iters = framework.option(draft, "eval_iters")
    if eval_iters != EVAL_ITERS and framework.option(draft, "eval_interval") is None:
        reason = "eval_interval, which is not given"
        yield _misplaced("eval_iters", given=eval_iters, needs=reason)
    nominal = framework.option(draft, "global_batch_size")
    if nominal is not None and not framework.option(draft, "decrease_batch_size_if_needed"):
        reason = "decrease_batch_size_if_needed, which is not set"
        yield _misplaced("global_batch_size", given=nominal, needs=reason)


def misplaced_method(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """A sampling method that is not the one of the dataloader_type."""
    loader = framework.option(draft, "dataloader_type")
    method = draft.sampling.method
    known = "sampling" not in draft.malformed and method in framework.sampling_methods
    if known and loader is not None and METHODS[str(loader)] is not method:
        yield Fault(
            code="method-not-in-framework",
            pointer="/sampling/method",
            detail=f"dataloader_type {loader} does not sample like {method}",
            given=str(method),
            allowed=str(METHODS[str(loader)]),
            nearest=(str(METHODS[str(loader)]),),
        )


def misplaced_budget(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """A ramp-up of the batch beside a budget of iterations, which Megatron does not allow."""
    unit = _unit_of_iterations(draft)
    if (
        unit is not None
        and draft.knows(unit)
        and framework.option(draft, "rampup_batch_size") is not None
    ):
        yield Fault(
            code="rampup-needs-samples",
            pointer=f"/{unit}",
            detail="rampup_batch_size goes by samples, so the run cannot be given in iterations",
            given=written_amount(Fraction(getattr(draft, unit))),
            allowed="a budget of samples or tokens, or no rampup_batch_size",
        )


def _unit_of_iterations(draft: SpecDraft) -> BudgetUnit | None:
    if draft.gives("steps"):
        return BudgetUnit.STEPS
    virtual = draft.gives("epochs") and draft.gives("steps_per_epoch")
    return BudgetUnit.EPOCHS if virtual else None


def _misplaced(name: str, *, given: object, needs: str) -> Fault:
    return Fault(
        code="option-not-applicable",
        pointer=f"/framework/{name}",
        detail=f"{name} belongs to {needs}",
        given=given,
        allowed=f"no {name}, or {needs.partition(', ')[0]}",
    )

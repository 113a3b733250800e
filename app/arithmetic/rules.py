"""The rules that the fields of a spec must satisfy together; each yields every fault it finds."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import INT64_MAX, ceil_div
from app.arithmetic.spec import BUDGET_UNITS, Remainder, SamplingMethod
from app.arithmetic.written import written_amount
from app.errors import Fault


class Rule(NamedTuple):
    """A rule and the fields without which it has nothing to say, global_batch_size aside."""

    needs: frozenset[str]
    check: Callable[[SpecDraft, int], Iterator[Fault]]


def _dataset_is_given(draft: SpecDraft) -> Iterator[Fault]:
    if not draft.gives("dataset_size"):
        yield Fault(
            code="dataset-size-missing",
            pointer="/dataset_size",
            detail="dataset_size is not given",
            given=None,
            allowed=f"an integer in [1, {INT64_MAX}]",
        )


def _one_budget_is_given(draft: SpecDraft) -> Iterator[Fault]:
    given = [unit for unit in BUDGET_UNITS if draft.gives(unit)]
    if not given:
        yield Fault(
            code="budget-missing",
            pointer="/epochs",
            detail="none of epochs, steps, samples and tokens is given, so the run has no end",
            given=None,
            allowed="exactly one of epochs, steps, samples and tokens",
        )
    for unit in given if len(given) > 1 else ():
        yield Fault(
            code="budget-ambiguous",
            pointer=f"/{unit}",
            detail=f"{' and '.join(given)} are given, but one run has one budget",
            given=_written(getattr(draft, unit)),
            allowed="exactly one of epochs, steps, samples and tokens",
        )


def _written(amount: Fraction | int | None) -> int | str | None:
    return None if amount is None else written_amount(Fraction(amount))


def _tokens_have_a_size(draft: SpecDraft) -> Iterator[Fault]:
    if draft.gives("tokens") != draft.gives("tokens_per_sample"):
        missing = "tokens_per_sample" if draft.gives("tokens") else "tokens"
        yield Fault(
            code="tokens-incomplete",
            pointer=f"/{missing}",
            detail="tokens and tokens_per_sample say something only together",
            given=None,
            allowed="tokens with tokens_per_sample, or neither",
        )


def _remainder_belongs_to_a_pass(draft: SpecDraft) -> Iterator[Fault]:
    if draft.gives("remainder") and draft.gives("steps_per_epoch"):
        yield Fault(
            code="remainder-without-pass",
            pointer="/remainder",
            detail="with steps_per_epoch every step is full, so there is no remainder",
            given=draft.remainder and str(draft.remainder),
            allowed="no remainder beside steps_per_epoch",
        )


def _random_sample_has_a_size(draft: SpecDraft) -> Iterator[Fault]:
    sampled = draft.sampling.method is SamplingMethod.RANDOM_SAMPLE
    if sampled and "sampling" not in draft.malformed and not draft.gives("steps_per_epoch"):
        yield Fault(
            code="random-sample-needs-steps-per-epoch",
            pointer="/steps_per_epoch",
            detail="random_sample draws steps_per_epoch x global_batch_size samples per epoch, "
            "but steps_per_epoch is not given",
            given=None,
            allowed="an integer >= 1",
        )


STANDALONE_RULES = (
    _dataset_is_given,
    _one_budget_is_given,
    _tokens_have_a_size,
    _remainder_belongs_to_a_pass,
    _random_sample_has_a_size,
)
"""Rules about which fields are given; they speak whatever else is wrong."""


def _random_sample_fits(draft: SpecDraft, global_batch_size: int) -> Iterator[Fault]:
    size, steps = draft.dataset_size or 0, draft.steps_per_epoch or 0
    sampled = draft.sampling.method is SamplingMethod.RANDOM_SAMPLE
    if sampled and steps * global_batch_size > size:
        most = size // global_batch_size
        yield Fault(
            code="random-sample-exceeds-dataset",
            pointer="/steps_per_epoch",
            detail=f"steps_per_epoch x global_batch_size = {steps * global_batch_size} "
            f"distinct samples cannot be drawn from {size}",
            given=steps,
            allowed=f"steps_per_epoch x {global_batch_size} at most {size}",
            nearest=(most,) if most else (),
        )


def _virtual_epoch_is_countable(draft: SpecDraft, global_batch_size: int) -> Iterator[Fault]:
    steps = draft.steps_per_epoch or 0
    if steps * global_batch_size > INT64_MAX:
        yield Fault(
            code="epoch-too-large",
            pointer="/steps_per_epoch",
            detail=f"an epoch would have {steps * global_batch_size} samples, above 2^63-1",
            given=steps,
            allowed=f"steps_per_epoch x {global_batch_size} at most 2^63-1",
            nearest=(INT64_MAX // global_batch_size,),
        )


def _padded_epoch_is_countable(draft: SpecDraft, global_batch_size: int) -> Iterator[Fault]:
    padded = ceil_div(draft.dataset_size or 0, global_batch_size) * global_batch_size
    if _ends_a_pass(draft, Remainder.PAD) and padded > INT64_MAX:
        yield Fault(
            code="epoch-too-large",
            pointer="/remainder",
            detail=f"a padded epoch would have {padded} samples, above 2^63-1",
            given="pad",
            allowed="keep or drop",
            nearest=("keep", "drop"),
        )


def _some_step_is_left(draft: SpecDraft, global_batch_size: int) -> Iterator[Fault]:
    size = draft.dataset_size or 0
    if _ends_a_pass(draft, Remainder.DROP) and size < global_batch_size:
        yield Fault(
            code="no-step-to-run",
            pointer="/remainder",
            detail=f"drop leaves no step: the dataset has {size} samples, one global batch "
            f"{global_batch_size}",
            given="drop",
            allowed="keep or pad, or a global_batch_size of at most dataset_size",
            nearest=("keep", "pad"),
        )


def _ends_a_pass(draft: SpecDraft, remainder: Remainder) -> bool:
    """Whether a pass ends that way; beside steps_per_epoch the remainder itself is the fault."""
    return draft.remainder is remainder and not draft.gives("steps_per_epoch")


SCHEDULE_RULES = (
    Rule(frozenset({"dataset_size", "steps_per_epoch", "sampling"}), _random_sample_fits),
    Rule(frozenset({"steps_per_epoch"}), _virtual_epoch_is_countable),
    Rule(frozenset({"dataset_size", "remainder"}), _padded_epoch_is_countable),
    Rule(frozenset({"dataset_size", "remainder"}), _some_step_is_left),
)
"""Rules about what the numbers lead to; each needs its fields and a global_batch_size."""

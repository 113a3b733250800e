"""From a draft to a spec: defaults filled in, unknowns solved, every rule checked."""

from collections.abc import Sequence
from fractions import Fraction

from app.arithmetic.batch import FIELDS as BATCH_FIELDS
from app.arithmetic.batch import solve_batch
from app.arithmetic.draft import SpecDraft
from app.arithmetic.rules import SCHEDULE_RULES, STANDALONE_RULES
from app.arithmetic.spec import BUDGET_UNITS, BatchGeometry, Budget, Remainder, TrainingSpec
from app.errors import Fault, InvalidSpecError


def settle(draft: SpecDraft, *, known_faults: Sequence[Fault] = ()) -> TrainingSpec:
    """The spec that a draft means.

    >>> settle(SpecDraft(dataset_size=2_000, global_batch_size=10, steps=7)).batch.micro_batch_size
    10

    Args:
        draft: What was asked for.
        known_faults: Faults that were found elsewhere and belong to the same refusal.

    Raises:
        InvalidSpecError: With all faults at once.
    """
    faults = [*known_faults, *spec_faults(draft)]
    if faults:
        raise InvalidSpecError(faults)
    return TrainingSpec(
        dataset_size=draft.dataset_size or 0,
        batch=_solved(draft),
        budget=_budget(draft),
        steps_per_epoch=draft.steps_per_epoch,
        remainder=_remainder(draft),
        sampling=draft.sampling,
        framework=draft.framework,
    )


def spec_faults(draft: SpecDraft) -> list[Fault]:
    """Every fault between the fields of a draft.

    Rules that need a malformed field keep silent; the fault of its form stands elsewhere.
    """
    faults = [fault for rule in STANDALONE_RULES for fault in rule(draft)]
    global_batch_size = draft.global_batch_size
    if _can_be_solved(draft):
        try:
            global_batch_size = _solved(draft).global_batch_size
        except InvalidSpecError as refusal:
            faults += refusal.faults
    if global_batch_size is None:
        return faults
    return faults + [
        fault
        for rule in SCHEDULE_RULES
        if all(map(draft.knows, rule.needs))
        for fault in rule.check(draft, global_batch_size)
    ]


def _can_be_solved(draft: SpecDraft) -> bool:
    """Whether the batch sizes are readable, or too few of them whatever the malformed ones mean."""
    nothing_to_solve = not (draft.gives("global_batch_size") or draft.gives("micro_batch_size"))
    return nothing_to_solve or not draft.malformed.intersection(BATCH_FIELDS)


def _solved(draft: SpecDraft) -> BatchGeometry:
    return solve_batch(
        global_batch_size=draft.global_batch_size,
        micro_batch_size=draft.micro_batch_size,
        gradient_accumulation_steps=draft.gradient_accumulation_steps,
        data_parallel_size=draft.data_parallel_size,
    )


def _budget(draft: SpecDraft) -> Budget:
    amounts = {unit: getattr(draft, unit) for unit in BUDGET_UNITS if draft.gives(unit)}
    ((unit, amount),) = amounts.items()
    return Budget(unit=unit, amount=Fraction(amount), tokens_per_sample=draft.tokens_per_sample)


def _remainder(draft: SpecDraft) -> Remainder | None:
    if draft.steps_per_epoch is not None or not draft.framework.is_native:
        return None
    return draft.remainder or Remainder.KEEP

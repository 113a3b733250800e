"""Follows the suggestions of findings, as their reader would."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import BudgetUnit, Remainder, Sampling, SamplingMethod, TrainingSpec

_OPTION = re.compile(
    r"(global_batch_size|remainder|steps_per_epoch|steps|sampling\.method|sampling\.seed) "
    r"(\w+)(?: or (\w+))?"
)
_AT_MOST = re.compile(r"data_parallel_size and global_batch_size at most (\d+)")


def followed(spec: TrainingSpec, suggestion: str) -> Iterator[SpecDraft]:
    """The drafts that a suggestion names, one for every value."""
    at_most = _AT_MOST.fullmatch(suggestion)
    if at_most:
        most = int(at_most[1])
        yield replace(_draft(spec), global_batch_size=most, data_parallel_size=most)
        return
    for field, *values in _OPTION.findall(suggestion):
        for value in filter(None, values):
            yield replace(_draft(spec), **_changes(spec, field, value))


def _draft(spec: TrainingSpec) -> SpecDraft:
    """A spec as one who cares for the global batch and the ranks would write it."""
    unit, amount = spec.budget.unit, spec.budget.amount
    budget: dict[str, Any] = {unit: amount if unit is BudgetUnit.EPOCHS else int(amount)}
    return SpecDraft(
        dataset_size=spec.dataset_size,
        global_batch_size=spec.batch.global_batch_size,
        data_parallel_size=spec.batch.data_parallel_size,
        tokens_per_sample=spec.budget.tokens_per_sample,
        steps_per_epoch=spec.steps_per_epoch,
        remainder=spec.remainder,
        sampling=spec.sampling,
        **budget,
    )


def _changes(spec: TrainingSpec, field: str, value: str) -> dict[str, Any]:
    match field:
        case "remainder":
            return {"remainder": Remainder(value)}
        case "steps":
            others: dict[str, Any] = dict.fromkeys([*BudgetUnit, "tokens_per_sample"])
            return {**others, "steps": int(value)}
        case "sampling.method":
            seed = spec.sampling.seed
            return {"sampling": Sampling(method=SamplingMethod(value), seed=seed)}
        case "sampling.seed":
            return {"sampling": replace(spec.sampling, seed=int(value))}
        case _:
            return {field: int(value)}

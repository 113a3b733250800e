"""A plan as nested JSON values: every field of the spec, and every number that follows from it."""

from collections.abc import Iterator, Mapping
from typing import cast

from app.arithmetic.spec import BudgetUnit, FrameworkChoice, TrainingSpec
from app.arithmetic.written import written_amount
from app.frameworks.option_group import filled_options
from app.frameworks.registry import find_framework
from app.plan.planner import Plan
from app.pointers import below


def spec_facts(spec: TrainingSpec) -> dict[str, object]:
    """Every field of a spec with defaults and solved values filled in; it can be posted again."""
    batch, budget = spec.batch, spec.budget
    amounts = dict.fromkeys(map(str, BudgetUnit))
    return {
        "dataset_size": spec.dataset_size,
        "global_batch_size": batch.global_batch_size,
        "micro_batch_size": batch.micro_batch_size,
        "gradient_accumulation_steps": batch.gradient_accumulation_steps,
        "data_parallel_size": batch.data_parallel_size,
        **amounts,
        str(budget.unit): written_amount(budget.amount),
        "tokens_per_sample": budget.tokens_per_sample,
        "steps_per_epoch": spec.steps_per_epoch,
        "remainder": spec.remainder and str(spec.remainder),
        "sampling": {"method": str(spec.sampling.method), "seed": spec.sampling.seed},
        "framework": _framework_facts(spec.framework),
    }


def _framework_facts(choice: FrameworkChoice) -> dict[str, object]:
    options = filled_options(find_framework(choice).options, choice.options)
    return {"name": choice.name, "version": choice.version, **options}


def plan_facts(plan: Plan) -> dict[str, object]:
    """Every number of a plan, with the spec; without its name, its findings and its links."""
    run, shape = plan.run, plan.run.shape
    return {
        "order_algorithm": plan.framework.order_algorithm,
        "spec": spec_facts(plan.spec),
        "epoch_kind": plan.epoch_kind,
        "steps_per_epoch": shape.steps_per_epoch,
        "micro_steps_per_epoch": shape.micro_steps_per_epoch,
        "samples_per_epoch": shape.samples_per_epoch,
        "last_step_samples": shape.last_step_samples,
        "dropped_samples_per_epoch": shape.dropped_samples,
        "padded_samples_per_epoch": shape.padded_samples,
        "epochs": run.epochs,
        "total_steps": run.total_steps,
        "total_micro_steps": run.total_micro_steps,
        "total_samples": run.total_samples,
        "passes": plan.passes,
        "final_epoch_steps": run.final_epoch_steps,
        "final_step_samples": run.final_step_samples,
        "coverage": {
            "distinct_samples": plan.coverage.distinct_samples,
            "fraction": plan.coverage.fraction,
            "exact": plan.coverage.exact,
        },
        "framework_numbers": dict(plan.framework.numbers(plan.spec, plan.run)),
    }


def pointed_facts(facts: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of nested facts with its RFC 6901 pointer.

    >>> dict(pointed_facts({"a": 1, "b": {"c/d": None}}))
    {'/a': 1, '/b/c~1d': None}
    """
    for name, value in facts.items():
        place = below(prefix, name)
        if isinstance(value, dict):
            yield from pointed_facts(cast("dict[str, object]", value), place)
        else:
            yield place, value

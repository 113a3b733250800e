"""Says in sentences what the difference between plans comes down to; every sentence is true."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from app.plan.decimals import decimal_text, rounded_text
from app.plan.planner import Plan
from app.plan.sequence import COMPARED_SAMPLES, parting_sample, sequence_key


def explain(plans: Sequence[Plan]) -> tuple[str, ...]:
    """Sentences about several plans, the most important first."""
    return tuple(sentence for topic in _TOPICS for sentence in topic(plans))


def _totals(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{plan.run.total_steps} steps and {plan.run.total_samples} samples, which is "
            f"{_passes(plan, plan.run.total_samples)} through {plan.spec.dataset_size} samples"
        ),
        together="All plans take",
        alone="takes",
    )


def _epochs(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{plan.run.epochs} epochs of {plan.run.shape.steps_per_epoch} steps, each "
            f"{_passes(plan, plan.run.shape.samples_per_epoch)}"
        ),
        together="All plans start",
        alone="starts",
    )


def _orders(plans: Sequence[Plan]) -> Iterator[str]:
    first = plans[0]
    for number, other in enumerate(plans[1:], start=1):
        shared = min(first.run.total_samples, other.run.total_samples)
        if sequence_key(first) == sequence_key(other):
            yield _same_sequence(first, other, number, shared)
            continue
        parting = parting_sample(first, other)
        if parting is None:
            looked_at = min(shared, COMPARED_SAMPLES)
            yield f"Plans 0 and {number} agree on the first {looked_at} samples of the run."
        else:
            yield (
                f"Plans 0 and {number} follow different orders: they part at sample {parting} of "
                "the run, counted from 0."
            )


def _same_sequence(first: Plan, other: Plan, number: int, shared: int) -> str:
    if first.run.total_samples == other.run.total_samples:
        sentence = f"Plans 0 and {number} take the very same {shared} samples in the same order"
    else:
        sentence = f"Plans 0 and {number} take the same samples in the same order for {shared} "
        sentence += "samples, then one of them ends"
    if first.run.shape.steps_per_epoch != other.run.shape.steps_per_epoch:
        sentence += "; the epoch is only a checkpoint"
    return f"{sentence}."


def _coverages(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{rounded_text(plan.coverage.distinct_samples)} of {plan.spec.dataset_size} samples "
            f"{'for every seed' if plan.coverage.exact else 'in expectation over the seeds'}"
        ),
        together="All plans see",
        alone="sees",
    )


def _batches(plans: Sequence[Plan]) -> Iterator[str]:
    sizes = {plan.spec.batch.global_batch_size for plan in plans}
    geometries = {plan.spec.batch for plan in plans}
    if len(sizes) == 1 and len(geometries) > 1:
        yield (
            f"The global batch is {sizes.pop()} samples in every plan, only its split over ranks "
            "and micro-steps differs: where the order is the same, every step has the same set of "
            "samples."
        )
    elif len(sizes) > 1:
        yield _for_each(
            plans,
            lambda plan: f"{plan.spec.batch.global_batch_size} samples per full step",
            together="All plans have",
            alone="has",
        )


_TOPICS: tuple[Callable[[Sequence[Plan]], Iterator[str]], ...] = (
    _totals,
    _epochs,
    _batches,
    _orders,
    _coverages,
)


def _for_each(
    plans: Sequence[Plan], fact: Callable[[Plan], str], *, together: str, alone: str
) -> str:
    """One sentence for all plans where the fact is the same, else one clause for each."""
    facts = [fact(plan) for plan in plans]
    if len(set(facts)) == 1:
        return f"{together} {facts[0]}."
    return "; ".join(f"plan {number} {alone} {fact}" for number, fact in enumerate(facts)) + "."


def _passes(plan: Plan, samples: int) -> str:
    ratio = Fraction(samples, plan.spec.dataset_size)
    return f"{decimal_text(ratio)} {'pass' if ratio == 1 else 'passes'}"

"""Says in sentences what the difference between plans comes down to; every sentence is true."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.decimals import counted, rounded_text
from app.arithmetic.run import Run
from app.plan.planner import Plan
from app.plan.sequence import first_samples, parting_sample, sequence_key


def explain(plans: Sequence[Plan]) -> tuple[str, ...]:
    """Sentences about several plans, the most important first."""
    return tuple(sentence for topic in _TOPICS for sentence in topic(plans))


def _totals(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{counted(plan.run.total_steps, 'step')} and "
            f"{counted(plan.run.total_samples, 'sample')}, as many as "
            f"{_passes(plan, plan.run.total_samples)} through "
            f"{counted(plan.spec.dataset_size, 'sample')}"
        ),
        together="All plans take",
        alone="takes",
    )


def _epochs(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{counted(plan.run.epochs, 'epoch')} of {_whole_epoch(plan.run)}, a full one as "
            f"long as {_passes(plan, plan.run.shape.samples_per_epoch)}"
        ),
        together="All plans start",
        alone="starts",
    )


def _losses(plans: Sequence[Plan]) -> Iterator[str]:
    shapes = [plan.run.shape for plan in plans]
    if any(shape.padded_samples or shape.dropped_samples for shape in shapes):
        yield _for_each(
            plans,
            lambda plan: (
                f"up a full epoch with {_padding(plan)} and leaves out "
                f"{counted(plan.run.shape.dropped_samples, 'sample')}"
            ),
            together="Every plan fills",
            alone="fills",
        )


def _orders(plans: Sequence[Plan]) -> Iterator[str]:
    first, *others = plans
    beginning = first_samples(first)
    for number, other in enumerate(others, start=1):
        if sequence_key(first) == sequence_key(other):
            yield _same_sequence(first, other, number)
        else:
            yield _parting(beginning, first_samples(other), number)


def _parting(beginning: NDArray[np.int64], other_beginning: NDArray[np.int64], number: int) -> str:
    if not len(beginning) or not len(other_beginning):
        return (
            f"The orders of plans 0 and {number} are not compared: one of them is computed as a "
            "whole, and too long for that."
        )
    parting = parting_sample(beginning, other_beginning)
    if parting is None:
        shared = min(len(beginning), len(other_beginning))
        return f"Plans 0 and {number} agree on the first {counted(shared, 'sample')} of the run."
    return (
        f"Plans 0 and {number} follow different orders: they part at sample {parting} of the run, "
        "counted from 0."
    )


def _same_sequence(first: Plan, other: Plan, number: int) -> str:
    shared = min(first.run.total_samples, other.run.total_samples)
    if first.run.total_samples == other.run.total_samples:
        sentence = f"Plans 0 and {number} take the very same {counted(shared, 'sample')} in the "
        sentence += "same order"
    else:
        sentence = f"Plans 0 and {number} take the same samples in the same order for "
        sentence += f"{counted(shared, 'sample')}, then one of them ends"
    if first.run.shape.samples_per_epoch != other.run.shape.samples_per_epoch:
        sentence += "; the epoch is only a checkpoint"
    return f"{sentence}."


def _coverages(plans: Sequence[Plan]) -> Iterator[str]:
    yield _for_each(
        plans,
        lambda plan: (
            f"{rounded_text(plan.coverage.distinct_samples)} of "
            f"{counted(plan.spec.dataset_size, 'sample')} "
            f"{'for every seed' if plan.coverage.exact else 'in expectation over the seeds'}"
        ),
        together="All plans see",
        alone="sees",
    )


def _batches(plans: Sequence[Plan]) -> Iterator[str]:
    sizes = {plan.spec.batch.global_batch_size for plan in plans}
    geometries = {plan.spec.batch for plan in plans}
    if len(sizes) == 1 and len(geometries) > 1:
        native = all(plan.spec.framework.is_native for plan in plans)
        effect = ", which changes the set of samples of no step" if native else ""
        yield (
            f"The global batch is {counted(sizes.pop(), 'sample')} in every plan, only its split "
            f"over ranks and micro-steps differs{effect}."
        )
    elif len(sizes) > 1:
        yield _for_each(
            plans,
            lambda plan: f"{counted(plan.spec.batch.global_batch_size, 'sample')} per full step",
            together="All plans have",
            alone="has",
        )


_TOPICS: tuple[Callable[[Sequence[Plan]], Iterator[str]], ...] = (
    _totals,
    _epochs,
    _losses,
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
    clauses = (f"plan {number} {alone} {fact}" for number, fact in enumerate(facts))
    text = "; ".join(clauses)
    return f"{text[0].upper()}{text[1:]}."


def _whole_epoch(run: Run) -> str:
    """A full epoch in steps; in micro-steps where steps that cross its end belong to no epoch."""
    if not run.crosses_epochs:
        return counted(run.shape.steps_per_epoch, "step")
    micro_steps = counted(run.shape.micro_steps_per_epoch, "micro-step")
    return f"{micro_steps} with {run.shape.batch.gradient_accumulation_steps} to a full step"


def _padding(plan: Plan) -> str:
    positions = plan.run.shape.padded_samples
    if plan.framework.has_blanks(plan.spec):
        names = ("repeated sample or empty place", "repeated samples or empty places")
        return counted(positions, *names)
    return counted(positions, "repeated sample")


def _passes(plan: Plan, samples: int) -> str:
    return counted(Fraction(samples, plan.spec.dataset_size), "pass", "passes")

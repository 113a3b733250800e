"""Specs that the laws are tried on: every kind, weighted to the edges of the integers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import (
    BatchGeometry,
    Budget,
    BudgetUnit,
    FrameworkChoice,
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)

INT64_MAX = 2**63 - 1
UINT64_MAX = 2**64 - 1
EDGES = sorted(
    {1, 2, 3, INT64_MAX - 1, INT64_MAX}
    | {2**bits + step for bits in (3, 8, 16, 31, 32, 53, 62) for step in (-1, 0, 1)}
)
FACTORS = ("micro_batch_size", "gradient_accumulation_steps", "data_parallel_size")
BATCH_FIELDS = ("global_batch_size", *FACTORS)

# for laws that are simple, or tried on the same specs as others; the profile decides how often
sparingly = settings(max_examples=settings().max_examples // 3)

_FACTOR_ORDERS = st.sampled_from(
    [names for count in range(len(FACTORS) + 1) for names in permutations(FACTORS, count)]
)

seeds = st.sampled_from([0, 1, 42, 2**32, UINT64_MAX]) | st.integers(0, UINT64_MAX)
methods = st.sampled_from(SamplingMethod)


@cache
def integers_up_to(most: int) -> st.SearchStrategy[int]:
    """Positive integers: small ones, those at the edges of machine integers, and any."""
    if most <= 40:
        return st.integers(1, most)
    edges = [edge for edge in (*EDGES, most) if edge <= most]
    return st.integers(1, 40) | st.sampled_from(edges) | st.integers(1, most)


sizes = integers_up_to(INT64_MAX)


@st.composite
def geometries(draw: st.DrawFn, *, most: int = INT64_MAX) -> BatchGeometry:
    """Factors whose product is at most `most`; any of them may be one."""
    factors, room = dict.fromkeys(FACTORS, 1), most
    for name in draw(_FACTOR_ORDERS):
        factors[name] = draw(integers_up_to(room))
        room //= factors[name]
    return BatchGeometry.of(**factors)


@st.composite
def written_epochs(draw: st.DrawFn) -> str:
    """A positive decimal of at most 18 digits, as a person may write it."""
    whole = str(draw(st.integers(0, 99) | st.integers(0, 10**17 - 1)))
    places = draw(st.integers(0, 18 - len(whole)))
    rest = str(draw(st.integers(0, 10**places - 1))).zfill(places) if places else ""
    written = f"{whole}.{rest}" if rest else whole
    return written if Fraction(written) else "0.5"


_SOME_EPOCHS = st.integers(5, 900).map(lambda hundredths: Fraction(hundredths, 100))
_ANY_EPOCHS = _SOME_EPOCHS | written_epochs().map(Fraction)


@st.composite
def budgets(draw: st.DrawFn, *, most: int = INT64_MAX) -> Budget:
    unit = draw(st.sampled_from(BudgetUnit))
    if unit is BudgetUnit.EPOCHS:
        return Budget(unit=unit, amount=draw(_ANY_EPOCHS if most == INT64_MAX else _SOME_EPOCHS))
    amount = Fraction(draw(integers_up_to(most)))
    per_sample = draw(integers_up_to(most)) if unit is BudgetUnit.TOKENS else None
    return Budget(unit=unit, amount=amount, tokens_per_sample=per_sample)


@st.composite
def specs(
    draw: st.DrawFn, *, most: int = INT64_MAX, method: SamplingMethod | None = None
) -> TrainingSpec:
    """Specs that some schedule satisfies; with `most`, none of their integers is above it."""
    method = method or draw(methods)
    size = draw(integers_up_to(most))
    sampled = method is SamplingMethod.RANDOM_SAMPLE
    batch = draw(geometries(most=size if sampled else most))
    virtual = sampled or draw(st.booleans())
    room = (size if sampled else most) // batch.global_batch_size
    return TrainingSpec(
        dataset_size=size,
        batch=batch,
        budget=draw(budgets(most=most)),
        steps_per_epoch=draw(integers_up_to(room)) if virtual else None,
        remainder=None if virtual else draw(remainders(size, batch)),
        sampling=Sampling(method=method, seed=draw(seeds)),
    )


def remainders(dataset_size: int, batch: BatchGeometry) -> st.SearchStrategy[Remainder]:
    """Every legal way in which passes may end."""
    legal = [Remainder.KEEP]
    if dataset_size >= batch.global_batch_size:
        legal.append(Remainder.DROP)
    if dataset_size + batch.global_batch_size <= INT64_MAX:
        legal.append(Remainder.PAD)
    return st.sampled_from(legal)


def small_specs(method: SamplingMethod | None = None) -> st.SearchStrategy[TrainingSpec]:
    """Specs that are small enough to be walked through sample by sample."""
    return specs(most=12, method=method)


def draft_of_everything(spec: TrainingSpec) -> SpecDraft:
    """The draft that spells out every field of a spec."""
    unit, amount = spec.budget.unit, spec.budget.amount
    fields: dict[str, Any] = {name: getattr(spec.batch, name) for name in BATCH_FIELDS}
    fields[unit] = amount if unit is BudgetUnit.EPOCHS else int(amount)
    return SpecDraft(
        dataset_size=spec.dataset_size,
        **fields,
        tokens_per_sample=spec.budget.tokens_per_sample,
        steps_per_epoch=spec.steps_per_epoch,
        remainder=spec.remainder,
        sampling=spec.sampling,
        framework=spec.framework,
    )


def sufficient_fields(batch: BatchGeometry) -> Iterator[tuple[str, ...]]:
    """Every choice of batch sizes from which the contract derives the others."""
    for count in range(1, len(BATCH_FIELDS) + 1):
        yield from (choice for choice in combinations(BATCH_FIELDS, count) if _tell(choice, batch))


def _tell(choice: tuple[str, ...], batch: BatchGeometry) -> bool:
    whole, micro, accumulation, ranks = (name in choice for name in BATCH_FIELDS)
    ranks_known = ranks or batch.data_parallel_size == 1 or (whole and micro and accumulation)
    accumulation_known = accumulation or batch.gradient_accumulation_steps == 1 or (whole and micro)
    return (whole or micro) and ranks_known and accumulation_known


@st.composite
def writings(draw: st.DrawFn, spec: TrainingSpec) -> SpecDraft:
    """One of the drafts that mean a spec: factors given or solved, defaults left out or not."""
    draft = draft_of_everything(spec)
    choice = draw(st.sampled_from([*sufficient_fields(spec.batch)]))
    left_out: dict[str, Any] = dict.fromkeys(set(BATCH_FIELDS) - set(choice))
    if draft.remainder is Remainder.KEEP and draw(st.booleans()):
        left_out["remainder"] = None
    return replace(draft, **left_out)


_DRAFT_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("dataset_size", *BATCH_FIELDS, "steps_per_epoch"), sizes),
    **dict.fromkeys(("steps", "samples", "tokens", "tokens_per_sample"), sizes),
    "epochs": written_epochs().map(Fraction),
    "remainder": st.sampled_from(Remainder),
    "sampling": st.builds(Sampling, method=methods, seed=seeds),
    "framework": st.just(FrameworkChoice()),
}


@st.composite
def drafts(draw: st.DrawFn) -> SpecDraft:
    """Any draft: fields given, left out or malformed, most of them no schedule at all."""
    fields = draw(st.fixed_dictionaries({}, optional=dict(_DRAFT_VALUES)))
    malformed = draw(st.just(set[str]()) | st.sets(st.sampled_from([*_DRAFT_VALUES]), max_size=3))
    legal = {name: value for name, value in fields.items() if name not in malformed}
    return SpecDraft(**legal, malformed=frozenset(malformed))

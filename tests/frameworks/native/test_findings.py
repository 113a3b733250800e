from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from hypothesis import given

from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.settle import settle
from app.arithmetic.spec import BudgetUnit, SamplingMethod, TrainingSpec
from app.plan.planner import make_plan
from tests.arithmetic.walking import walked_epoch, walked_run
from tests.plan.suggestions import followed
from tests.strategies import small_specs, sparingly, specs


def findings(spec: TrainingSpec) -> dict[str, Finding]:
    return {finding.code: finding for finding in make_plan(spec).findings}


def shares_of_ranks(step: list[int], spec: TrainingSpec) -> set[int]:
    ranks = spec.batch.data_parallel_size
    return {len(step[rank::ranks]) for rank in range(ranks)}


def walked_codes(spec: TrainingSpec) -> Iterator[str]:
    """Codes that a walk through the run finds reason for."""
    run, full = walked_run(spec), walked_epoch(spec)
    steps = [*chain.from_iterable(run)]
    yield from codes_of_an_epoch(spec, sum(map(len, full)))
    yield from codes_of_short_steps(spec, steps)
    if spec.sampling.method is SamplingMethod.SEQUENTIAL and spec.sampling.seed:
        yield "seed-has-no-effect"
    if len(run[-1]) < len(full):
        yield "fractional-last-epoch"
    if spec.budget.amount != walked_worth(spec, steps, len(full)):
        yield "budget-rounded-up"


def codes_of_an_epoch(spec: TrainingSpec, positions: int) -> Iterator[str]:
    size = spec.dataset_size
    draws = spec.sampling.method is SamplingMethod.WITH_REPLACEMENT
    if spec.is_virtual and positions != size and not draws:
        yield "virtual-epoch-is-not-a-pass"
    if not spec.is_virtual and positions != size:
        yield "samples-dropped" if positions < size else "samples-padded"
    if draws and size > 1:
        yield "replacement-is-no-epoch"
    if spec.batch.global_batch_size > size:
        yield "global-batch-exceeds-dataset"


def codes_of_short_steps(spec: TrainingSpec, steps: list[list[int]]) -> Iterator[str]:
    short = [step for step in steps if len(step) < spec.batch.global_batch_size]
    shares = [shares_of_ranks(step, spec) for step in short]
    if short:
        yield "short-last-step"
    if any(0 in each for each in shares):
        yield "idle-ranks"
    elif any(len(each) > 1 for each in shares):
        yield "unequal-ranks"


def walked_worth(spec: TrainingSpec, steps: list[list[int]], steps_per_epoch: int) -> Fraction:
    """What the steps of a walk are worth in the unit of the budget."""
    samples = sum(map(len, steps))
    return {
        BudgetUnit.EPOCHS: Fraction(len(steps), steps_per_epoch),
        BudgetUnit.STEPS: Fraction(len(steps)),
        BudgetUnit.SAMPLES: Fraction(samples),
        BudgetUnit.TOKENS: Fraction(samples * (spec.budget.tokens_per_sample or 0)),
    }[spec.budget.unit]


@given(spec=small_specs())
def test_findings_are_exactly_what_a_walk_finds(spec: TrainingSpec) -> None:
    found = findings(spec)

    assert set(found) == set(walked_codes(spec))


@given(spec=small_specs())
def test_whoever_follows_a_suggestion_gets_rid_of_its_finding(spec: TrainingSpec) -> None:
    found = findings(spec)

    for code, finding in found.items():
        drafts = [*followed(spec, finding.suggestion)] if finding.suggestion else []
        assert bool(drafts) is bool(finding.suggestion)
        assert all(code not in findings(settle(draft)) for draft in drafts), finding


@given(spec=specs())
def test_suggestions_are_legal_however_large_the_numbers(spec: TrainingSpec) -> None:
    found = findings(spec)

    for code, finding in found.items():
        drafts = followed(spec, finding.suggestion or "")
        assert all(code not in findings(settle(draft)) for draft in drafts), finding


@sparingly
@given(spec=specs())
def test_a_finding_points_into_the_spec_and_is_told_once(spec: TrainingSpec) -> None:
    found = make_plan(spec).findings

    assert len({finding.code for finding in found}) == len(found)
    assert all(finding.field.split("/")[1] in SpecDraft.__dataclass_fields__ for finding in found)


@given(spec=small_specs())
def test_ranks_hang_exactly_where_their_micro_steps_differ(spec: TrainingSpec) -> None:
    micro = spec.batch.micro_batch_size
    steps = chain.from_iterable(walked_run(spec))
    micro_steps = [{-(-n // micro) for n in shares_of_ranks(step, spec)} for step in steps]

    errors = {code for code, found in findings(spec).items() if found.severity is Severity.ERROR}

    assert bool(errors) is any(len(each) > 1 for each in micro_steps)
    assert errors <= {"idle-ranks", "unequal-ranks"}

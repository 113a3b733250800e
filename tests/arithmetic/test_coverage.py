from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.coverage import Coverage, coverage_of, draw_coverage, pass_coverage
from app.arithmetic.draft import SpecDraft
from app.arithmetic.pass_run import pass_run
from app.arithmetic.run import Run
from app.arithmetic.settle import settle
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod, TrainingSpec
from app.frameworks.native.framework import NativeFramework, native_shape
from tests.arithmetic.enumeration import counts_of_unions, distinct_counts
from tests.arithmetic.runs import runs
from tests.strategies import sparingly, specs
from tests.tiny_specs import every_tiny_spec

NATIVE = NativeFramework()


def tiny_specs(method: SamplingMethod) -> list[TrainingSpec]:
    return [spec for spec in every_tiny_spec() if spec.sampling.method is method]


def coverage(spec: TrainingSpec) -> Coverage:
    return coverage_of(spec, pass_run(native_shape(spec), spec.budget))


def coverage_in_table(steps_per_epoch: int, epochs: int, method: SamplingMethod) -> Coverage:
    draft = SpecDraft(
        dataset_size=2_000,
        global_batch_size=10,
        epochs=Fraction(epochs),
        steps_per_epoch=steps_per_epoch,
        sampling=Sampling(method=method),
    )
    return coverage(settle(draft))


def check_expectation(seen: Coverage, outcomes: dict[int, Fraction], dataset_size: int) -> None:
    average = sum(count * chance for count, chance in outcomes.items())
    assert seen.exact is (len(outcomes) == 1)
    assert isinstance(seen.distinct_samples, int) is seen.exact
    assert seen.distinct_samples == pytest.approx(float(average), rel=1e-11)
    assert seen.fraction == pytest.approx(float(average / dataset_size), rel=1e-11)


def distinct_samples_of_real_orders(spec: TrainingSpec, seeds: range) -> Iterator[int]:
    """Distinct samples that a run really sees, for every seed."""
    run = pass_run(native_shape(spec), spec.budget)
    for seed in seeds:
        seeded = Sampling(method=spec.sampling.method, seed=seed)
        mine = TrainingSpec(
            dataset_size=spec.dataset_size,
            batch=spec.batch,
            budget=spec.budget,
            steps_per_epoch=spec.steps_per_epoch,
            remainder=spec.remainder,
            sampling=seeded,
        )
        seen: set[int] = set()
        for epoch in range(run.epochs):
            out = np.empty(run.samples_in_epoch(epoch), np.int64)
            NATIVE.order(mine, run, epoch).fill(out, start=0)
            seen.update(out.tolist())
        yield len(seen)


@pytest.mark.parametrize(
    ("steps_per_epoch", "epochs", "method", "fraction", "exact"),
    [
        (1_000, 1, SamplingMethod.SHUFFLE, 1.0, True),
        (100, 10, SamplingMethod.SHUFFLE, 1.0, True),
        (100, 10, SamplingMethod.RANDOM_SAMPLE, 0.99902, False),
        (100, 10, SamplingMethod.WITH_REPLACEMENT, 0.99327, False),
    ],
)
def test_a_thousand_steps_see_the_dataset_as_far_as_their_method_lets_them(
    steps_per_epoch: int, epochs: int, method: SamplingMethod, fraction: float, exact: bool
) -> None:
    seen = coverage_in_table(steps_per_epoch, epochs, method)

    assert round(seen.fraction, 5) == fraction
    assert seen.exact is exact
    assert seen.distinct_samples == pytest.approx(2_000 * seen.fraction, rel=1e-11)


def test_a_run_within_one_random_sample_sees_every_sample_it_takes_once() -> None:
    draft = SpecDraft(
        dataset_size=10**6,
        global_batch_size=32,
        steps=1_000,
        steps_per_epoch=1_000,
        sampling=Sampling(method=SamplingMethod.RANDOM_SAMPLE),
    )

    seen = coverage(settle(draft))

    assert (seen.distinct_samples, seen.exact) == (32_000, True)


@pytest.mark.parametrize("method", SamplingMethod)
def test_coverage_is_the_average_over_all_outcomes_and_exact_where_there_is_one(
    method: SamplingMethod,
) -> None:
    for spec in tiny_specs(method):
        seen = coverage(spec)

        check_expectation(seen, distinct_counts(spec), spec.dataset_size)


@sparingly
@given(spec=specs(most=5))
def test_real_orders_see_what_is_promised_for_every_seed(spec: TrainingSpec) -> None:
    possible = {*distinct_counts(spec)}

    seen = {*distinct_samples_of_real_orders(spec, range(6))}

    assert seen <= possible


@pytest.mark.parametrize(
    ("method", "remainder"),
    [(SamplingMethod.SHUFFLE, Remainder.DROP), (SamplingMethod.WITH_REPLACEMENT, Remainder.KEEP)],
)
def test_the_average_over_many_seeds_comes_near_the_expectation(
    method: SamplingMethod, remainder: Remainder
) -> None:
    draft = SpecDraft(
        dataset_size=10,
        global_batch_size=4,
        epochs=Fraction(2),
        remainder=remainder,
        sampling=Sampling(method=method),
    )
    spec = settle(draft)

    counts = [*distinct_samples_of_real_orders(spec, range(400))]

    assert len(set(counts)) > 1
    assert np.mean(counts) == pytest.approx(coverage(spec).distinct_samples, rel=0.02)


@given(spec=specs(method=SamplingMethod.WITH_REPLACEMENT))
def test_twelve_digits_are_right_however_large_the_numbers(spec: TrainingSpec) -> None:
    assume(spec.remainder is not Remainder.PAD)
    run = pass_run(native_shape(spec), spec.budget)
    with localcontext(prec=120):
        missed = 1 - 1 / Decimal(spec.dataset_size)
        fraction = 1 - missed**run.total_samples

    seen = coverage(spec)

    assert Decimal(seen.fraction) == pytest.approx(fraction, rel=Decimal("6e-12"))


@sparingly
@given(spec=specs())
def test_no_run_sees_more_than_it_takes_or_than_there_is(spec: TrainingSpec) -> None:
    run = pass_run(native_shape(spec), spec.budget)

    seen = coverage(spec)

    most = min(run.total_samples, spec.dataset_size)
    assert 0 < seen.distinct_samples <= most * (1 + 1e-11)
    assert 0 < seen.fraction <= 1


@given(run=runs, size=st.integers(1, 5))
def test_fresh_epochs_are_independent_subsets_of_what_is_reached(run: Run, size: int) -> None:
    dataset_size = run.shape.dataset_size
    reached = min(size, dataset_size)
    subsets = [min(run.samples_in_epoch(epoch), reached) for epoch in range(run.epochs)]

    seen = pass_coverage(reached, run, fresh=True)

    check_expectation(seen, counts_of_unions(reached, subsets), dataset_size)


@sparingly
@given(run=runs, size=st.integers(1, 20))
def test_epochs_of_one_order_see_what_the_longest_of_them_sees(run: Run, size: int) -> None:
    reached = min(size, run.shape.dataset_size)
    longest = max(run.samples_in_epoch(epoch) for epoch in range(run.epochs))

    seen = pass_coverage(reached, run, fresh=False)

    assert (seen.distinct_samples, seen.exact) == (min(longest, reached), True)
    assert seen.fraction == pytest.approx(seen.distinct_samples / run.shape.dataset_size)


@pytest.mark.parametrize("draws", range(1, 5))
@pytest.mark.parametrize("size", range(1, 5))
def test_draws_see_the_average_over_all_outcomes(size: int, draws: int) -> None:
    seen = draw_coverage(size, draws)

    check_expectation(seen, counts_of_unions(size, [1] * draws), size)

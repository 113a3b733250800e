"""How many different samples a run sees; the one place with floating point."""

from dataclasses import dataclass
from math import expm1, log, log1p

from app.arithmetic.run import Run
from app.arithmetic.spec import Remainder, SamplingMethod, TrainingSpec

SIGNIFICANT_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Distinct samples of a run.

    Attributes:
        distinct_samples: A count where exact, else an expectation to 12 significant digits.
        fraction: distinct_samples / dataset_size, to 12 significant digits.
        exact: Whether the value is the same for every seed.
    """

    distinct_samples: int | float
    fraction: float
    exact: bool


def coverage_of(spec: TrainingSpec, run: Run) -> Coverage:
    """Distinct samples of a run: a count, or the expectation over all seeds.

    With k independent draws from N samples it is N (1 - (1 - 1/N)^k); with E independent
    subsets of K samples each it is N (1 - (1 - K/N)^E).

    >>> from fractions import Fraction
    >>> from app.arithmetic.batch import solve_batch
    >>> from app.arithmetic.epochs import virtual_shape
    >>> from app.arithmetic.pass_run import pass_run
    >>> from app.arithmetic.spec import Budget, BudgetUnit, Sampling
    >>> budget = Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(10))
    >>> batch = solve_batch(global_batch_size=10)
    >>> spec = TrainingSpec(
    ...     dataset_size=2_000,
    ...     batch=batch,
    ...     budget=budget,
    ...     steps_per_epoch=100,
    ...     remainder=None,
    ...     sampling=Sampling(method=SamplingMethod.RANDOM_SAMPLE),
    ... )
    >>> coverage_of(spec, pass_run(virtual_shape(2_000, batch, 100), budget)).fraction
    0.9990234375
    """
    method = spec.sampling.method
    if method is SamplingMethod.WITH_REPLACEMENT:
        return _independent_draws(spec, run)
    fresh_subsets = method is SamplingMethod.RANDOM_SAMPLE or (
        method is SamplingMethod.SHUFFLE and spec.remainder is Remainder.DROP
    )
    if fresh_subsets:
        return _independent_subsets(spec.dataset_size, run)
    seen = run.samples_in_epoch(0) if spec.remainder is Remainder.DROP else run.total_samples
    return _exactly(min(seen, spec.dataset_size), spec.dataset_size)


def pass_coverage(size: int, run: Run, *, fresh: bool) -> Coverage:
    """Distinct samples of a run whose epochs take distinct samples, as far as there are any.

    Args:
        size: Samples that an epoch takes from: the dataset, or the part that is ever reached.
        run: The run; positions of an epoch beyond `size` repeat its samples.
        fresh: Whether every epoch has a new random order; else all epochs have the same one.
    """
    if not fresh:
        return _exactly(min(run.samples_in_epoch(0), size), run.shape.dataset_size)
    full, last = run.samples_in_epoch(0), run.samples_in_epoch(run.epochs - 1)
    if run.epochs == 1 or full >= size:
        return _exactly(min(full, size), run.shape.dataset_size)
    log_missed = (run.epochs - 1) * _log_missed(full, size) + _log_missed(min(last, size), size)
    return _expected(log_missed, size, of=run.shape.dataset_size)


def draw_coverage(size: int, draws: int) -> Coverage:
    """Distinct samples of independent uniform draws."""
    if size == 1 or draws == 1:
        return _exactly(1, size)
    return _expected(draws * log1p(-1 / size), size)


def _independent_draws(spec: TrainingSpec, run: Run) -> Coverage:
    size = spec.dataset_size
    draws = run.total_samples
    if spec.remainder is Remainder.PAD:  # a padding position repeats a draw of its own epoch
        full = min(run.shape.samples_per_epoch, size)
        draws = (run.epochs - 1) * full + min(run.samples_in_epoch(run.epochs - 1), size)
    return draw_coverage(size, draws)


def _independent_subsets(size: int, run: Run) -> Coverage:
    full, last = run.shape.samples_per_epoch, run.samples_in_epoch(run.epochs - 1)
    if run.epochs == 1 or full == size:
        return _exactly(min(run.total_samples, size), size)
    return _expected((run.epochs - 1) * _log_missed(full, size) + _log_missed(last, size), size)


def _log_missed(subset: int, size: int) -> float:
    """Logarithm of the chance that a random subset misses a given sample."""
    return log1p(-subset / size) if 2 * subset < size else log((size - subset) / size)


def _exactly(distinct: int, size: int) -> Coverage:
    return Coverage(distinct_samples=distinct, fraction=_rounded(distinct / size), exact=True)


def _expected(log_missed: float, size: int, *, of: int | None = None) -> Coverage:
    distinct = size * -expm1(log_missed)
    fraction = distinct / (of or size)
    return Coverage(distinct_samples=_rounded(distinct), fraction=_rounded(fraction), exact=False)


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

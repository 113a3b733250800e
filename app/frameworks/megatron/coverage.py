"""Distinct samples of Megatron's endless passes."""

from math import expm1, log, log1p

from app.arithmetic.coverage import SIGNIFICANT_DIGITS, Coverage
from app.sampling.cyclic_shuffle import CyclicShuffle


def cyclic_coverage(shuffle: CyclicShuffle, total_samples: int) -> Coverage:
    """Distinct samples of the first ones of a run: a count, or the expectation over all orders.

    Megatron takes no seed, so in truth there is only one order for every pass.

    >>> shuffle = CyclicShuffle(
    ...     dataset_size=11, micro_batch_size=2, data_parallel_size=2, sharded=False
    ... )
    >>> cyclic_coverage(shuffle, 8), cyclic_coverage(shuffle, 16).distinct_samples
    ... # doctest: +NORMALIZE_WHITESPACE
    (Coverage(distinct_samples=8, fraction=0.727272727273, exact=True), 9.6)

    Args:
        shuffle: Of each pass.
        total_samples: Positions of the run, a multiple of a row.
    """
    whole, of = shuffle.pass_samples, shuffle.dataset_size
    reached = whole if shuffle.sharded else shuffle.table_size
    if total_samples <= whole or reached == whole:
        return _exactly(min(total_samples, whole), of)
    subsets = _subsets(shuffle, total_samples)
    if max(subsets)[0] == reached:
        return _exactly(reached, of)
    log_missed = sum(times * _log_missed(samples, reached) for samples, times in subsets)
    expected = reached * -expm1(log_missed)
    return Coverage(
        distinct_samples=_rounded(expected), fraction=_rounded(expected / of), exact=False
    )


def _subsets(shuffle: CyclicShuffle, total_samples: int) -> list[tuple[int, int]]:
    """Samples that are taken of the shuffle of a pass, and of how many passes it is so many."""
    full, late = shuffle.pass_samples, shuffle.late_ranks * shuffle.micro_batch_size
    before, rest = divmod(total_samples - 1, full)
    if full == shuffle.row_samples:
        pairs, alone = divmod(before + 1, 2)
        return [(full + late, pairs), (full - late, pairs), (full, alone)]
    return [(full + late, 1), (full, before - 1), (rest + 1 - late, 1)]


def _log_missed(samples: int, size: int) -> float:
    """Logarithm of the chance that so many of a shuffle's samples leave out a given one."""
    return log1p(-samples / size) if 2 * samples < size else log((size - samples) / size)


def _exactly(distinct: int, of: int) -> Coverage:
    return Coverage(distinct_samples=distinct, fraction=_rounded(distinct / of), exact=True)


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

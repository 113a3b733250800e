"""How many distinct samples a small run may see: every outcome, with its exact probability."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, combinations

from app.arithmetic.spec import Remainder, SamplingMethod, TrainingSpec
from tests.arithmetic.walking import walked_run

Seen = dict[frozenset[int], Fraction]


def distinct_counts(spec: TrainingSpec) -> dict[int, Fraction]:
    """Number of distinct samples -> probability, over uniformly random orders."""
    return counts_of_unions(spec.dataset_size, _subset_sizes(spec))


def counts_of_unions(dataset_size: int, subset_sizes: Sequence[int]) -> dict[int, Fraction]:
    """Size of the union of independent random subsets -> probability."""
    seen: Seen = {frozenset(): Fraction(1)}
    for subset_size in subset_sizes:
        seen = _joined_by_a_subset(seen, dataset_size, subset_size)
    counts: dict[int, Fraction] = {}
    for samples, chance in seen.items():
        counts[len(samples)] = counts.get(len(samples), Fraction(0)) + chance
    return counts


def _joined_by_a_subset(seen: Seen, dataset_size: int, subset_size: int) -> Seen:
    """After one more uniformly random subset."""
    joined: Seen = {}
    subsets = [*map(frozenset, combinations(range(dataset_size), subset_size))]
    for samples, chance in seen.items():
        for subset in subsets:
            union = samples | subset
            joined[union] = joined.get(union, Fraction(0)) + chance / len(subsets)
    return joined


def _subset_sizes(spec: TrainingSpec) -> list[int]:
    """Sizes of the independent random subsets that a run takes one after the other."""
    size = spec.dataset_size
    epochs = [[*chain.from_iterable(epoch)] for epoch in walked_run(spec)]
    padded = spec.remainder is Remainder.PAD
    taken = [len({p % size for p in positions} if padded else positions) for positions in epochs]
    passes = taken
    if spec.is_virtual:
        passes = [*Counter(offset // size for offset in range(sum(taken))).values()]
    match spec.sampling.method:
        case SamplingMethod.WITH_REPLACEMENT:
            return [1] * sum(taken)
        case SamplingMethod.RANDOM_SAMPLE:
            return taken
        case SamplingMethod.SHUFFLE:
            return passes
        case SamplingMethod.SHUFFLE_ONCE | SamplingMethod.SEQUENTIAL:
            return [max(passes)]

"""How many different samples a run with StreamingDataset sees."""

from math import expm1, log1p

from app.arithmetic.coverage import SIGNIFICANT_DIGITS, Coverage
from app.arithmetic.run import Run
from app.frameworks.mosaic_streaming.setup import StreamingSetup


def streaming_coverage(setup: StreamingSetup, run: Run) -> Coverage:
    """Distinct samples: a count where every seed gives the same, else an estimate.

    Epochs that leave samples out are taken to leave random ones out, independently: what
    `naive` does exactly, and the other shuffles nearly.
    """
    reachable, epochs = _reachable(setup), _epochs(setup, run)
    most = max(distinct for distinct, _ in epochs)
    if most == setup.epoch_size >= reachable:
        return _exactly(reachable, setup)
    if setup.epoch_size <= setup.spec.dataset_size and (len(epochs) == 1 or _is_nested(setup)):
        return _exactly(most, setup)
    copies = max(1.0, setup.epoch_size / setup.spec.dataset_size)
    share = max(setup.epoch_size, reachable)
    log_missed = sum(copies * log1p(-distinct / share) * count for distinct, count in epochs)
    distinct = reachable * -expm1(log_missed)
    return Coverage(
        distinct_samples=_rounded(distinct),
        fraction=_rounded(distinct / setup.spec.dataset_size),
        exact=False,
    )


def _epochs(setup: StreamingSetup, run: Run) -> list[tuple[int, int]]:
    """Distinct samples of the first, the middle and the last epochs, and how many there are."""
    last = run.epochs - 1
    edges = [
        (setup.of_epoch(epoch).distinct_until(run.samples_in_epoch(epoch)), 1)
        for epoch in sorted({0, last})
    ]
    middle = [(setup.full.distinct_samples, last - 1)] if last > 1 else []
    return edges + middle


def _reachable(setup: StreamingSetup) -> int:
    """Samples that some epoch may take."""
    size = setup.spec.dataset_size
    varies = setup.options["sampling_method"] == "balanced"
    return size if varies else min(size, setup.epoch_size)


def _is_nested(setup: StreamingSetup) -> bool:
    """Whether an epoch takes what a shorter one takes, whatever the seed is."""
    varies = setup.is_resized and setup.options["sampling_method"] == "balanced"
    return not (setup.is_shuffled or varies or setup.taken)


def _exactly(distinct: int, setup: StreamingSetup) -> Coverage:
    fraction = _rounded(distinct / setup.spec.dataset_size)
    return Coverage(distinct_samples=distinct, fraction=fraction, exact=True)


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")

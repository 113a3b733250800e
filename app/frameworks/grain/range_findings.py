"""What is to be known of the ranges that Grain's ranks go through, and of their shuffle."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.frameworks.grain.stream import GrainStream, LoaderStream
from app.sampling.index_shuffle import IndexShuffle
from app.sampling.rank_ranges import RankRanges


def range_findings(stream: GrainStream, seed: int | None) -> Iterator[Finding]:
    """Findings about what each rank goes through.

    Args:
        stream: The stream.
        seed: Of the first pass; None where nothing is shuffled.
    """
    ranges = stream.ranges
    if seed is not None:
        yield from _no_bijection(ranges, 0, ranges.larger, seed)
        yield from _no_bijection(ranges, ranges.larger, ranges.ranks, seed)
    yield from _left_over(ranges)
    if isinstance(stream, LoaderStream):
        yield from _uneven(stream)
        if seed is not None:
            yield from _same_orders(ranges)


def _no_bijection(ranges: RankRanges, first: int, stop: int, seed: int) -> Iterator[Finding]:
    """The defect of Grain's shuffle, in the ranges [first, stop) of equal size."""
    mine = ranges.range_of(first)
    shuffle = IndexShuffle(size=mine.stop - mine.start, seed=seed)
    lost = len(shuffle.unreached)
    if first == stop or not lost:
        return
    where = f" in each of {stop - first} ranges of {shuffle.size}" if ranges.ranks > 1 else ""
    yield Finding(
        code="shuffle-is-no-bijection",
        severity=Severity.WARNING,
        message=f"Grain's shuffle tells {shuffle.domain} of {shuffle.size} positions apart: "
        f"{counted(lost, 'sample')}{where}, the first being {mine.start + shuffle.domain}, "
        f"{'is' if lost == 1 else 'are'} never visited, and as many are visited twice in every "
        f"pass, in the first one sample {mine.start + shuffle.sample_at(0)} at positions 0 and "
        f"{shuffle.domain}",
        field="/dataset_size",
        suggestion="the framework native, whose shuffle visits every sample once in every pass; or "
        f"{shuffle.domain} samples{' per rank' if ranges.ranks > 1 else ''}",
    )


def _left_over(ranges: RankRanges) -> Iterator[Finding]:
    left = ranges.dataset_size - ranges.samples
    if left:
        yield Finding(
            code="samples-dropped",
            severity=Severity.WARNING,
            message=f"{left} of {ranges.dataset_size} samples belong to no rank and are dropped "
            "in every epoch",
            field="/framework/shard_drop_remainder",
            suggestion="shard_drop_remainder false, or a dataset_size that data_parallel_size "
            "divides",
        )


def _uneven(stream: LoaderStream) -> Iterator[Finding]:
    ranges = stream.ranges
    if not ranges.larger:
        return
    drift = "so their passes drift apart"
    if stream.num_epochs is not None:
        begun = stream.members - stream.num_epochs * ranges.least
        left = stream.num_epochs * (ranges.least + 1) - stream.members
        drift = (
            f"and each rank loads {stream.members} in {counted(stream.num_epochs, 'epoch')}: the "
            f"former leave out the last {left}, the latter begin another pass with {begun}"
        )
    yield Finding(
        code="uneven-ranges",
        severity=Severity.WARNING,
        message=f"the ranges of {ranges.larger} of {ranges.ranks} ranks have {ranges.least + 1} "
        f"samples, the others {ranges.least}, {drift}",
        field="/data_parallel_size",
        suggestion="shard_drop_remainder true, or a dataset_size that data_parallel_size divides",
    )


def _same_orders(ranges: RankRanges) -> Iterator[Finding]:
    if ranges.ranks > 1 and ranges.least > 1:
        yield Finding(
            code="ranks-share-order",
            severity=Severity.INFO,
            message=f"all {ranges.ranks} ranks shuffle with one seed: ranks with equally large "
            f"ranges always stand at the same place of their {ranges.least} samples, and no "
            "sample ever changes its rank",
            field="/framework/api",
            suggestion="api MapDataset, which shuffles the dataset as a whole",
        )

"""What the owner of a schedule of Grain should know; each rule yields its findings."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.frameworks import schedule_findings as found
from app.frameworks.grain.range_findings import range_findings
from app.frameworks.grain.slices import AnyStream, SlicedStream
from app.frameworks.grain.stream import LoaderStream
from app.sampling.layout import rank_positions
from app.sampling.rank_ranges import RankRanges


def grain_findings(
    spec: TrainingSpec, stream: AnyStream, run: Run, *, seed: int | None
) -> Iterator[Finding]:
    """Every finding about a schedule, in a fixed order.

    Args:
        spec: The spec.
        stream: Its stream.
        run: Its run.
        seed: Of the first pass; None where nothing is shuffled.
    """
    yield from range_findings(stream, seed)
    if stream.num_epochs is not None:
        yield from _end_findings(stream, run)
    yield from _cut_epoch(spec, stream.ranges, run)
    if not spec.is_virtual:
        yield from _crossing_steps(stream.ranges, run)
    if seed is None:
        yield from found.idle_seed(spec, reason="sequential sampling shuffles nothing")
    elif spec.sampling.method is SamplingMethod.SHUFFLE and not spec.is_virtual:
        yield from found.epochs_overlap(spec, run)


def _end_findings(stream: AnyStream, run: Run) -> Iterator[Finding]:
    """What becomes of the last samples of a stream that ends."""
    if isinstance(stream, LoaderStream):
        yield from _unread(stream)
        yield from _tapering(stream)
        yield from _dropped(stream, stream.members * stream.batch.data_parallel_size)
    else:
        yield from _dropped(stream, stream.length)
        yield from _unequal_ranks(stream)
    yield from found.short_final_step(
        run, field="/global_batch_size", suggestion="a budget of steps, which are all full"
    )


def _unread(stream: LoaderStream) -> Iterator[Finding]:
    ranks = stream.batch.data_parallel_size
    if stream.length % ranks:
        yield Finding(
            code="samples-not-loaded",
            severity=Severity.WARNING,
            message=f"the {stream.length} samples of the run do not divide by {ranks} ranks: "
            f"DataLoader gives each of them {stream.members} and never loads the last "
            f"{stream.length % ranks}, although shard_drop_remainder is false; versions after "
            "0.2.18 load them",
            field="/data_parallel_size",
            suggestion=_even_sizes(stream.ranges, ranks),
        )


def _tapering(stream: LoaderStream) -> Iterator[Finding]:
    if stream.tapers:
        yield Finding(
            code="short-micro-steps",
            severity=Severity.WARNING,
            message=f"each of {stream.workers.workers} workers makes micro-batches of its own, so "
            f"the run ends with {stream.short_micro_steps} micro-steps of fewer than "
            f"{stream.batch.micro_batch_size} samples per rank",
            field="/framework/worker_count",
            suggestion="drop_remainder true, or worker_count 0",
        )


def _dropped(stream: AnyStream, given: int) -> Iterator[Finding]:
    lost = given - stream.samples
    if stream.drop_remainder and lost:
        yield Finding(
            code="remainder-dropped",
            severity=Severity.WARNING,
            message=f"the last {counted(lost, 'sample')} of the run, out of {given}, fill no "
            "micro-batch and are dropped",
            field="/micro_batch_size",
            suggestion=None,
        )


def _unequal_ranks(stream: SlicedStream) -> Iterator[Finding]:
    batch, last = stream.batch, stream.batch.data_parallel_size - 1
    rest = stream.samples % batch.row_samples
    most, least = (
        rank_positions(stream.layout, range(rest), batch, rank).count for rank in (0, last)
    )
    if most == least:
        return
    outcome = found.WEIGHTS_DIFFER if least else found.RANKS_WAIT
    yield Finding(
        code="unequal-ranks",
        severity=Severity.WARNING if least else Severity.ERROR,
        message=f"the last micro-step of the run has {rest} of {batch.row_samples} samples: rank "
        f"0 gets {most} and rank {last} gets {least}: {outcome}",
        field="/data_parallel_size",
        suggestion="api DataLoader, which gives every rank as many samples; or a budget of steps",
    )


def _cut_epoch(spec: TrainingSpec, ranges: RankRanges, run: Run) -> Iterator[Finding]:
    full, last = run.shape.steps_per_epoch, run.epochs - 1
    taken, of = run.total_samples - last * ranges.samples, f"{ranges.samples} samples"
    whole = spec.budget.unit == "epochs" or taken >= ranges.samples
    if spec.is_virtual:
        taken, of, whole = run.final_epoch_steps, f"{full} steps", run.final_epoch_steps == full
    if not whole:
        yield Finding(
            code="fractional-last-epoch",
            severity=Severity.WARNING,
            message=f"the run stops in epoch {last} after {taken} of {of}",
            field=f"/{spec.budget.unit}",
            suggestion=None,
        )


def _crossing_steps(ranges: RankRanges, run: Run) -> Iterator[Finding]:
    samples, size = ranges.samples, run.shape.batch.global_batch_size
    if not samples % size or run.epochs == 1:
        return
    steps = (
        f"an epoch has {samples // size} or {ceil_div(samples, size)} steps"
        if samples > size
        else f"of {run.epochs} epochs at most {run.total_steps} have a step of their own"
    )
    yield Finding(
        code="steps-cross-epochs",
        severity=Severity.INFO,
        message=f"an epoch has {counted(samples, 'sample')} and a step takes {size}, across the "
        f"ends of epochs: {steps}",
        field="/global_batch_size",
        suggestion="the framework native, which ends every epoch with a step",
    )


def _even_sizes(ranges: RankRanges, ranks: int) -> str:
    below = ranges.dataset_size - ranges.dataset_size % ranks
    return f"a dataset_size of {below} or {below + ranks}, which {ranks} ranks share equally"

"""Specs for which Grain has no schedule; each yields what it finds."""

from collections.abc import Iterator

from app.arithmetic.integers import INT64_MAX
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault
from app.frameworks.grain.slices import AnyStream, SlicedStream
from app.frameworks.grain.stream import GrainStream, LoaderStream


def refused_ranges(spec: TrainingSpec) -> Iterator[Fault]:
    """Ranks without a single sample: Grain divides by their number of samples."""
    size, ranks = spec.dataset_size, spec.batch.data_parallel_size
    if ranks > size:
        yield Fault(
            code="ranks-without-samples",
            pointer="/data_parallel_size",
            detail=f"{ranks} ranks share {size} samples: {ranks - size} of them get none, and "
            "IndexSampler divides by zero",
            given=ranks,
            allowed=f"an integer in [1, {size}]",
            nearest=(size,),
        )


def refused_lengths(spec: TrainingSpec, stream: GrainStream) -> Iterator[Fault]:
    """Streams that are longer than Grain can count, or too short for the run."""
    if stream.length > INT64_MAX:
        most = INT64_MAX // stream.ranges.samples
        yield Fault(
            code="stream-too-long",
            pointer="/epochs",
            detail=f"Grain counts up to {INT64_MAX}; {stream.num_epochs} epochs have "
            f"{stream.length} samples",
            given=stream.num_epochs,
            allowed=f"an integer in [1, {most}]",
            nearest=(most,),
        )
        return
    if stream.num_epochs is None:
        yield from _too_many_steps(spec, stream)
    elif not stream.samples:
        yield _no_step(spec, stream)


def _too_many_steps(spec: TrainingSpec, stream: GrainStream) -> Iterator[Fault]:
    steps, most = stream.steps(spec.budget, spec.steps_per_epoch), stream.most_steps
    if steps > most:
        yield Fault(
            code="stream-too-long",
            pointer=f"/{spec.budget.unit}",
            detail=f"Grain counts up to {INT64_MAX} samples, which is {most} full steps; the run "
            f"has {steps}",
            given=steps,
            allowed=f"a run of at most {most} steps",
        )


def _no_step(spec: TrainingSpec, stream: GrainStream) -> Fault:
    batch = spec.batch
    return Fault(
        code="no-step-to-run",
        pointer="/micro_batch_size",
        detail=f"no micro-batch is left: the run has {stream.length} samples, and "
        f"{batch.data_parallel_size} ranks drop micro-batches of fewer than "
        f"{batch.micro_batch_size}",
        given=batch.micro_batch_size,
        allowed=f"at most {-(-stream.length // batch.data_parallel_size)}, or keep what is left",
    )


def refused_ends(stream: AnyStream) -> Iterator[Fault]:
    """Streams whose end cannot be told, or not counted by Grain itself."""
    if isinstance(stream, LoaderStream):
        yield from _short_inside_of_steps(stream)
    else:
        yield from _rounded_counts(stream)
        yield from _endless_already(stream)


def _short_inside_of_steps(stream: LoaderStream) -> Iterator[Fault]:
    """Steps whose micro-steps would be short in their middle."""
    accumulation = stream.batch.gradient_accumulation_steps
    if stream.tapers and accumulation > 1:
        yield Fault(
            code="short-micro-steps",
            pointer="/framework/worker_count",
            detail=f"{stream.workers.workers} workers end the run with {stream.short_micro_steps} "
            f"micro-steps that are short, inside of steps of {accumulation} micro-steps",
            given=stream.worker_count,
            allowed="drop_remainder true, no workers, or gradient_accumulation_steps 1",
            nearest=(0,),
        )


def _rounded_counts(stream: SlicedStream) -> Iterator[Fault]:
    """Numbers of micro-batches that Grain gets wrong, because it divides in doubles."""
    if stream.drop_remainder:
        return
    if stream.num_epochs is None and stream.rounded_micro_batches(0) > INT64_MAX:
        yield Fault(
            code="stream-too-long",
            pointer="/micro_batch_size",
            detail=f"an endless dataset has {INT64_MAX} samples for Grain, which it divides in "
            f"doubles: {stream.rounded_micro_batches(0)} micro-batches are more than it can count",
            given=stream.batch.micro_batch_size,
            allowed="an integer of at least 2, or drop_remainder true",
            nearest=(2,),
        )
    for rank in stream.rounded_ranks[:1] if stream.num_epochs is not None else ():
        yield Fault(
            code="length-not-exact",
            pointer="/dataset_size",
            detail=f"rank {rank} has {stream.members_of(rank)} samples in micro-batches of "
            f"{stream.batch.micro_batch_size}, and Grain, dividing in doubles, counts "
            f"{stream.rounded_micro_batches(rank)} of them, so that it loses some or fails",
            given=stream.ranges.dataset_size,
            allowed="drop_remainder true, or a run of fewer samples",
        )


def _endless_already(stream: SlicedStream) -> Iterator[Fault]:
    """A dataset of which Grain thinks that it is endless already."""
    if stream.ranges.dataset_size == INT64_MAX:
        yield Fault(
            code="dataset-too-large",
            pointer="/dataset_size",
            detail=f"repeat() takes a dataset of {INT64_MAX} samples for an endless one",
            given=INT64_MAX,
            allowed=f"an integer in [1, {INT64_MAX - 1}]",
            nearest=(INT64_MAX - 1,),
        )

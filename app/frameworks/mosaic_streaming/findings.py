"""What the owner of a run with StreamingDataset should know."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.integers import ceil_div
from app.arithmetic.run import Run
from app.frameworks import schedule_findings as found
from app.frameworks.mosaic_streaming.setup import StreamingSetup
from app.sampling.block_shuffle import block_sizes

EVEN = "a dataset_size that num_canonical_nodes and data_parallel_size divide"


def partition_padded(setup: StreamingSetup) -> Iterator[Finding]:
    """Samples that a full epoch repeats, and entries of the partition without a sample."""
    repeats, empty = setup.repeated_samples, setup.empty_entries
    if repeats or empty:
        yield Finding(
            code="partition-padded",
            severity=Severity.WARNING if repeats else Severity.INFO,
            message=f"the partition of a full epoch of {counted(setup.epoch_size, 'sample')} has "
            f"{counted(repeats, 'repeated sample')} and {counted(empty, 'entry', 'entries')} of "
            f"-1, {setup.full.blanks} of them in the lists; loaders skip -1, so their last "
            "micro-batches are shorter or missing",
            field="/framework/num_canonical_nodes" if repeats else "/micro_batch_size",
            suggestion=EVEN if repeats else None,
        )


def fewer_samples_than_nodes(setup: StreamingSetup) -> Iterator[Finding]:
    """Samples that are repeated over and over, for want of one for every canonical node."""
    if setup.partition.is_tiled:
        yield Finding(
            code="fewer-samples-than-nodes",
            severity=Severity.WARNING,
            message=f"{counted(setup.epoch_size, 'sample')} for {setup.canonical_nodes} canonical "
            f"and {setup.partition_nodes} physical nodes: the samples are repeated until every "
            f"node has one, {setup.full.yielded_samples} in a full epoch",
            field="/framework/num_canonical_nodes",
            suggestion="fewer canonical nodes than samples",
        )


def unequal_ranks(setup: StreamingSetup) -> Iterator[Finding]:
    """Ranks with different numbers of samples in the last micro-step."""
    ranks, epoch = setup.full, "a full epoch"
    if not ranks.is_uneven:
        ranks, epoch = setup.first, "the first epoch"
    most, least = ranks.last_shares
    if ranks.is_uneven:
        outcome = found.WEIGHTS_DIFFER if least else found.RANKS_WAIT
        yield Finding(
            code="unequal-ranks",
            severity=Severity.WARNING if least else Severity.ERROR,
            message=f"the last micro-step of {epoch} has from {least} to {most} samples per rank, "
            f"and -1 in {counted(ranks.blanks, 'place')} of the lists: {outcome}",
            field="/framework/initial_physical_nodes",
            suggestion=f"a number of physical nodes that divides {setup.canonical_nodes}",
        )


def short_last_step(setup: StreamingSetup, run: Run) -> Iterator[Finding]:
    """A last step of an epoch with fewer samples than the others; -1 is none."""
    size, steps = setup.spec.batch.global_batch_size, setup.shape.steps_per_epoch
    left = setup.full.yielded_samples - (steps - 1) * size
    if left < size and run.total_steps >= steps:
        step = f"step {steps - 1}, the last of a full epoch,"
        yield found.short_step(step, run, left, field="/framework/drop_last", suggestion=EVEN)


def loader_length_differs(setup: StreamingSetup) -> Iterator[Finding]:
    """A loader that yields more micro-batches than its len(); it never yields fewer."""
    yielded, length = setup.shape.micro_steps_per_epoch, setup.dataloader_length
    if yielded > length:
        yield Finding(
            code="loader-length-differs",
            severity=Severity.WARNING,
            message=f"len() of the DataLoader is {length}, but a full epoch yields {yielded} "
            "micro-batches: a trainer that stops at len(), as Composer does, leaves the last "
            f"{yielded - length} of every epoch out",
            field="/framework/num_canonical_nodes",
            suggestion=EVEN,
        )


def shards_assumed(setup: StreamingSetup) -> Iterator[Finding]:
    """Shards that nobody told of, where the order depends on them."""
    options = setup.options
    told = options["samples_per_shard"] or options["shard_sizes"]
    matters = setup.is_resized or (setup.is_shuffled and options["shuffle_algo"] != "naive")
    if matters and not told:
        yield Finding(
            code="shards-assumed",
            severity=Severity.WARNING,
            message="the order depends on the sizes of the shards, and none is given: all "
            f"{setup.spec.dataset_size} samples are taken to be in one shard",
            field="/framework/samples_per_shard",
            suggestion="samples_per_shard, or shard_sizes as in index.json",
        )


def shards_not_mixed(setup: StreamingSetup) -> Iterator[Finding]:
    """Shards that are larger than the range over which py1e spreads their samples."""
    options, sizes = setup.options, block_sizes(setup.block_size)
    largest = max(options["shard_sizes"] or (options["samples_per_shard"] or setup.epoch_size,))
    whole_node = ceil_div(setup.epoch_size, setup.canonical_nodes)
    spread = setup.is_shuffled and options["shuffle_algo"] == "py1e"
    if spread and sizes.start < largest < whole_node:
        yield Finding(
            code="shards-not-mixed",
            severity=Severity.WARNING,
            message=f"py1e spreads the samples of a shard over {sizes.start} to {sizes.stop - 1} "
            f"places, but shards have up to {largest} samples: one that is larger than the range "
            "drawn for it is not mixed with others",
            field="/framework/shuffle_block_size",
            suggestion=f"shuffle_block_size {10 * largest} or more",
        )


def resumed_elsewhere(setup: StreamingSetup) -> Iterator[Finding]:
    """A resumed epoch that does not go on as the unbroken one would have."""
    taken, nodes = setup.taken, setup.partition_nodes
    step = setup.spec.batch.global_batch_size
    if taken % nodes:
        yield Finding(
            code="resumed-earlier",
            severity=Severity.WARNING,
            message=f"sample_in_epoch {taken} is rounded down to {taken - taken % nodes}, a "
            f"multiple of {nodes} physical nodes: what was taken since is taken again",
            field="/framework/sample_in_epoch",
            suggestion=f"sample_in_epoch {taken - taken % nodes}",
        )
    elif taken % step:
        yield Finding(
            code="resumed-inside-a-step",
            severity=Severity.INFO,
            message=f"sample_in_epoch {taken} is no multiple of the {step} samples of a step: the "
            "first epoch is not cut into the steps of the unbroken run",
            field="/framework/sample_in_epoch",
        )
    if taken and setup.first.partition.repeats_anew:
        yield Finding(
            code="resumed-padding-differs",
            severity=Severity.INFO,
            message="so few samples are left of the first epoch that its end is filled up with "
            "other repeated samples than that of the unbroken run",
            field="/framework/sample_in_epoch",
        )


def state_forgotten(setup: StreamingSetup, run: Run) -> Iterator[Finding]:
    """Worker processes that are started anew and do not know the loaded state any more."""
    derived = setup.options["num_canonical_nodes"] is None and setup.first_nodes != setup.nodes
    if setup.options["num_workers"] and run.epochs > 1 and (setup.is_relaid or derived):
        outcome = (
            f"they derive their canonical nodes from {setup.nodes} physical nodes instead of "
            f"{setup.first_nodes}, and the order is another one"
            if derived
            else f"they refuse {setup.nodes} physical nodes"
        )
        yield Finding(
            code="initial-nodes-forgotten",
            severity=Severity.WARNING,
            message="worker processes that are started for the second epoch know of "
            "initial_physical_nodes only if state_dict() was called in the first one; else "
            f"{outcome}",
            field="/framework/initial_physical_nodes",
            suggestion="persistent_workers of the DataLoader",
        )

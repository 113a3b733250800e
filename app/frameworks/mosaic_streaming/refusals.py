"""Layouts that StreamingDataset refuses, or that no run of it can have."""

from collections.abc import Iterator
from math import gcd

from app.arithmetic.integers import INT64_MAX, nearest_divisors, nearest_multiples
from app.arithmetic.pass_run import pass_run
from app.arithmetic.spec import BudgetUnit
from app.errors import Fault
from app.frameworks.mosaic_streaming.options import MOST_RANKS
from app.frameworks.mosaic_streaming.setup import StreamingSetup
from app.frameworks.refusals import refused_schedule

_REACH = 1_000


def misfitting_nodes(setup: StreamingSetup) -> Iterator[Fault]:
    """Ranks that do not fill the nodes, or that are too many."""
    ranks, nodes = setup.ranks, setup.nodes
    if ranks > MOST_RANKS:
        yield Fault(
            code="too-many-ranks",
            pointer="/data_parallel_size",
            detail=f"the layout of {ranks} ranks is not computed",
            given=ranks,
            allowed=f"at most {MOST_RANKS}",
            nearest=(MOST_RANKS,),
        )
    elif not setup.fills_nodes:
        given = setup.options["num_physical_nodes"]
        name = "num_physical_nodes" if given else "ranks_per_node"
        value = given or setup.ranks_per_node
        yield Fault(
            code="nodes-not-filled",
            pointer=f"/framework/{name}",
            detail=f"{nodes} physical nodes with {setup.ranks_per_node} ranks each are "
            f"{nodes * setup.ranks_per_node} ranks, data_parallel_size is {ranks}",
            given=value,
            allowed=f"num_physical_nodes x ranks_per_node = {ranks}",
            nearest=nearest_divisors(ranks, value, multiple_of=1, reach=_REACH),
        )


def misfitting_canonical_nodes(setup: StreamingSetup) -> Iterator[Fault]:
    """Canonical and physical nodes of which neither divides the other."""
    nodes, canonical = setup.partition_nodes, setup.canonical_nodes
    if not setup.divides(nodes):
        yield Fault(
            code="canonical-nodes-do-not-divide",
            pointer="/framework/num_canonical_nodes",
            detail=f"of {canonical} canonical and {nodes} physical nodes neither divides the other",
            given=canonical,
            allowed=f"a multiple or a divisor of {nodes}"
            + (", or initial_physical_nodes" if setup.options["num_canonical_nodes"] else ""),
            nearest=nearest_multiples(canonical, nodes),
        )
    if not setup.keeps_global_batch:
        step = setup.first_nodes // gcd(setup.first_nodes, setup.nodes)
        size = setup.spec.batch.micro_batch_size
        yield Fault(
            code="micro-step-not-shared",
            pointer="/micro_batch_size",
            detail=f"a micro-step of {setup.spec.batch.row_samples} samples is not shared equally "
            f"by the {setup.first_nodes * setup.ranks_per_node} ranks of the first run",
            given=size,
            allowed=f"a multiple of {step}",
            nearest=nearest_multiples(size, step),
        )


def misfitting_samples(setup: StreamingSetup) -> Iterator[Fault]:
    """Datasets that are too small to be handed out, or too large to be counted."""
    size, canonical = setup.epoch_size, setup.canonical_nodes
    pointer = "/framework/epoch_size" if setup.is_resized else "/dataset_size"
    if size > INT64_MAX // 2:
        yield Fault(
            code="too-many-entries",
            pointer=pointer,
            detail=f"an epoch of {size} samples with its padding may not be countable in 63 bits",
            given=size,
            allowed=f"at most {INT64_MAX // 2}",
            nearest=(INT64_MAX // 2,),
        )
    elif setup.partition.overruns:
        yield Fault(
            code="too-few-samples-to-repeat",
            pointer=pointer,
            detail=f"each of {canonical} canonical nodes has to repeat some of its samples for "
            f"{setup.partition_nodes} physical nodes, and {size} samples are too few for that",
            given=size,
            allowed=f"a multiple of {setup.partition_nodes}, or a larger number",
            nearest=nearest_multiples(size, setup.partition_nodes),
        )
    if setup.is_shuffled and setup.options["shuffle_algo"] == "py1e" and size < canonical:
        yield Fault(
            code="canonical-node-without-samples",
            pointer="/framework/num_canonical_nodes",
            detail=f"{size} samples do not reach all of {canonical} canonical nodes, and py1e "
            "shuffles no empty one",
            given=canonical,
            allowed=f"at most {size} with py1e",
            nearest=(size - size % setup.nodes,) if size >= setup.nodes else (),
        )


def misfitting_state(setup: StreamingSetup) -> Iterator[Fault]:
    """A loaded state that lies behind the end of its epoch."""
    if setup.taken > setup.most_taken:
        yield Fault(
            code="resumed-behind-the-epoch",
            pointer="/framework/sample_in_epoch",
            detail=f"an epoch of {setup.epoch_size} samples on {setup.ranks} ranks is not resumed "
            f"after {setup.taken} samples",
            given=setup.taken,
            allowed=f"at most {setup.most_taken}",
            nearest=(setup.most_taken,),
        )


def nothing_left(setup: StreamingSetup) -> Iterator[Fault]:
    """Loaders without a micro-batch, and runs that resume where their only epoch ends."""
    budget, shape = setup.spec.budget, setup.shape
    yield from refused_schedule(
        lambda: pass_run(shape, budget), shape, field="/framework/drop_last"
    )
    only = budget.unit is BudgetUnit.EPOCHS and budget.amount == 1
    if shape.steps_per_epoch and only and not setup.first_shape.steps_per_epoch:
        yield Fault(
            code="no-step-to-run",
            pointer="/epochs",
            detail=f"after sample_in_epoch {setup.taken} nothing is left of the only epoch",
            given="1",
            allowed="at least 2 epochs, the first of them empty",
            nearest=(2,),
        )

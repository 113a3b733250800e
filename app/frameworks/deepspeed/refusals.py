"""What DeepSpeed's elasticity refuses; each yields every fault it finds."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from app.arithmetic.batch import FIELDS as BATCH_FIELDS
from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import Options
from app.arithmetic.spec import BatchGeometry
from app.errors import Fault
from app.frameworks.deepspeed.elasticity import ElasticBatch, Elasticity, elastic_batch
from app.frameworks.deepspeed.options import member

_BLOCK: Final = "/framework/elasticity"
_LISTED = 32
"""Numbers of ranks that a message lists at most."""


def refused_block(block: Options, elasticity: Elasticity | None) -> Iterator[Fault]:
    """Parameters of elasticity that do not fit one another.

    Args:
        block: The parameters.
        elasticity: What they say.
    """
    if elasticity is None:
        yield from _missing_parameters(block)
        return
    if elasticity.max_gpus < elasticity.min_gpus:
        yield Fault(
            code="elasticity-range-empty",
            pointer=f"{_BLOCK}/min_gpus",
            detail=f"min_gpus {elasticity.min_gpus} is above max_gpus {elasticity.max_gpus}",
            given=elasticity.min_gpus,
            allowed=f"at most {elasticity.max_gpus}",
            nearest=(elasticity.max_gpus,),
        )
    yield from _refused_model_parallel(elasticity)
    if elasticity.overflows:
        yield Fault(
            code="elasticity-overflows",
            pointer=f"{_BLOCK}/micro_batch_sizes",
            detail="the least common multiple of micro_batch_sizes is above 2^63-1, where "
            "DeepSpeed's own arithmetic overflows",
            given=list(elasticity.micro_batch_sizes),
            allowed="sizes whose least common multiple is at most 2^63-1",
        )


def _missing_parameters(block: Options) -> Iterator[Fault]:
    for name in ("max_train_batch_size", "micro_batch_sizes"):
        if member(block, name) is None:
            yield Fault(
                code="elasticity-incomplete",
                pointer=f"{_BLOCK}/{name}",
                detail=f"elasticity is enabled, but {name} is not given",
                given=None,
                allowed="an integer" if name.startswith("max") else "a list of integers",
            )


def _refused_model_parallel(elasticity: Elasticity) -> Iterator[Fault]:
    size, gpus = elasticity.model_parallel_size, elasticity.num_gpus_per_node
    if size > 1 and not elasticity.by_nodes:
        yield Fault(
            code="elasticity-not-model-parallel",
            pointer=f"{_BLOCK}/model_parallel_size",
            detail=f"version 0.1 knows no model parallelism, but model_parallel_size is {size}",
            given=size,
            allowed="1, or version 0.2",
            nearest=(1,),
        )
    elif elasticity.by_nodes and gpus % size:
        yield Fault(
            code="elasticity-node-does-not-divide",
            pointer=f"{_BLOCK}/num_gpus_per_node",
            detail=f"{gpus} GPUs of a node are no multiple of model_parallel_size {size}",
            given=gpus,
            allowed=f"a multiple of {size}",
            nearest=tuple(each for each in (gpus - gpus % size, gpus - gpus % size + size) if each),
        )
    elif max(elasticity.micro_batch_sizes) > elasticity.largest_micro_batch:
        yield _micro_batch_too_large(elasticity)


def _micro_batch_too_large(elasticity: Elasticity) -> Fault:
    largest = elasticity.largest_micro_batch
    of_node = f", the share of a node with {elasticity.node_ranks} ranks"
    return Fault(
        code="elasticity-micro-batch-too-large",
        pointer=f"{_BLOCK}/micro_batch_sizes",
        detail=f"micro-batch size {max(elasticity.micro_batch_sizes)} is above {largest}"
        + (of_node if largest != elasticity.max_train_batch_size else ", max_train_batch_size"),
        given=list(elasticity.micro_batch_sizes),
        allowed=f"sizes of at most {largest}",
        nearest=(largest,) if largest else (),
    )


def refused_ranks_of(elasticity: Elasticity, ranks: int) -> Iterator[Fault]:
    """Numbers of ranks that cannot share the batch, with their nearest neighbours that can."""
    batch = elastic_batch(elasticity, ranks)
    valid = batch.valid_gpus if batch else ()
    if batch is None or not valid:
        yield Fault(
            code="elasticity-finds-nothing",
            pointer=f"{_BLOCK}/max_train_batch_size",
            detail=f"no batch size up to {elasticity.max_train_batch_size} can be shared by "
            f"{elasticity.min_gpus} to {elasticity.max_gpus} GPUs in micro-batches of these sizes",
            given=elasticity.max_train_batch_size,
            allowed="a larger max_train_batch_size, or a wider range of GPUs",
        )
    elif ranks not in valid:
        yield _invalid_ranks(batch, ranks)
    elif solved_batch(elasticity, ranks) is None:
        yield _no_micro_batch(elasticity, ranks)


def _invalid_ranks(batch: ElasticBatch, ranks: int) -> Fault:
    valid = batch.valid_gpus
    place = bisect_left(valid, ranks)
    listed = ", ".join(map(str, valid[:_LISTED]))
    more = f" and {len(valid) - _LISTED} more" if len(valid) > _LISTED else ""
    return Fault(
        code="elasticity-ranks-not-valid",
        pointer="/data_parallel_size",
        detail=f"{ranks} ranks cannot share the elastic batch of {batch.train_batch_size} "
        f"samples; {len(valid)} numbers of ranks can",
        given=ranks,
        allowed=f"one of {listed}{more}",
        nearest=valid[max(0, place - 1) : place + 1],
    )


def _no_micro_batch(elasticity: Elasticity, ranks: int) -> Fault:
    return Fault(
        code="elasticity-finds-nothing",
        pointer="/data_parallel_size",
        detail=f"a batch of at most {elasticity.max_train_batch_size} samples holds no micro-batch "
        f"for each of {ranks} ranks",
        given=ranks,
        allowed=f"at most {elasticity.max_train_batch_size // min(elasticity.micro_batch_sizes)}",
    )


def solved_batch(elasticity: Elasticity, ranks: int) -> BatchGeometry | None:
    """The batch sizes that DeepSpeed derives for so many ranks; None where it refuses them.

    Source: deepspeed 0.19.7, deepspeed/runtime/config.py.
    """
    batch = elastic_batch(elasticity, ranks)
    if batch is None or ranks not in batch.valid_gpus or not batch.train_batch_size:
        return None
    micro = batch.micro_batch_size(ranks, elasticity.micro_batch_sizes)
    accumulation = batch.train_batch_size // (micro * ranks)
    return BatchGeometry.of(
        micro_batch_size=micro, gradient_accumulation_steps=accumulation, data_parallel_size=ranks
    )


def overridden_sizes(draft: SpecDraft, batch: BatchGeometry) -> Iterator[Fault]:
    """Batch sizes of a draft that are not those of elasticity."""
    for name in BATCH_FIELDS:
        given, solved = getattr(draft, name), getattr(batch, name)
        if given is not None and given != solved:
            yield Fault(
                code="elasticity-decides",
                pointer=f"/{name}",
                detail=f"elasticity makes {name} {solved} for {batch.data_parallel_size} ranks",
                given=given,
                allowed=f"{solved}, or nothing",
                nearest=(solved,),
            )

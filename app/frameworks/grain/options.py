"""Parameters of Grain's samplers, loaders and datasets, and which of them go together."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import INT64_MAX
from app.arithmetic.options import plain_value
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.protocol import Framework

LOADER: Final = "DataLoader"
SLICES: Final = "MapDataset"
ELASTIC: Final = "ElasticIterator"
HIGHEST_SEED: Final = 2**32 - 1

GRAIN_OPTIONS: Final[tuple[Option, ...]] = (
    Choice(
        name="api",
        default=LOADER,
        choices=(LOADER, SLICES, ELASTIC),
        description="DataLoader: an IndexSampler, sharded in contiguous ranges that are shuffled "
        "one by one, behind a DataLoader with a Batch operation. MapDataset: "
        "range(dataset_size).shuffle().repeat()[rank::data_parallel_size].batch(). "
        "ElasticIterator: the same dataset, unsliced, behind an ElasticIterator.",
    ),
    Flag(
        name="drop_remainder",
        default=False,
        description="drop_remainder of Batch or of batch(); an ElasticIterator always drops.",
    ),
    Flag(
        name="shard_drop_remainder",
        default=False,
        description="drop_remainder of ShardOptions: every rank's range is equally large.",
    ),
    Whole(
        name="worker_count",
        default=0,
        highest=INT64_MAX,
        description="worker_count of DataLoader: so many processes of every rank take its samples "
        "in turn, and each makes micro-batches of its own.",
    ),
    Flag(
        name="pipeline_seed",
        default=False,
        description="Whether sampling.seed goes to MapDataset.seed(), from which shuffle() derives "
        "a seed of its own, instead of to shuffle().",
    ),
)
_OWNERS: Final = {
    "drop_remainder": (LOADER, SLICES),
    "shard_drop_remainder": (LOADER,),
    "worker_count": (LOADER,),
    "pipeline_seed": (SLICES, ELASTIC),
}
"""Which api has which option."""


def misplaced_options(api: str, draft: SpecDraft) -> Iterator[Fault]:
    """Options that belong to another api."""
    for name, value in draft.framework.options.entries:
        owners = _OWNERS.get(name, (api,))
        if api not in owners:
            yield Fault(
                code="option-not-applicable",
                pointer=f"/framework/{name}",
                detail=f"{name} belongs to {' and '.join(owners)}, but the api is {api}",
                given=plain_value(value),
                allowed=f"no {name}, or api {' or '.join(owners)}",
            )


def misplaced_method(framework: Framework, api: str, draft: SpecDraft) -> Iterator[Fault]:
    """A sampling method that Grain has, but not its IndexSampler."""
    method = draft.sampling.method
    once = "sampling" not in draft.malformed and method is SamplingMethod.SHUFFLE_ONCE
    if once and api == LOADER:
        legal = [each for each in framework.sampling_methods if each is not method]
        yield Fault(
            code="method-not-in-framework",
            pointer="/sampling/method",
            detail="IndexSampler takes a new seed for every epoch, so it cannot shuffle once",
            given=str(method),
            allowed=f"one of {', '.join(legal)}; or api {SLICES}, whose repeat() need not reseed",
            nearest=(str(legal[0]),),
        )


def refused_seed(api: str, draft: SpecDraft, *, derived: bool) -> Iterator[Fault]:
    """A seed that IndexSampler or shuffle() does not take.

    Source: grain 0.2.18, `grain/_src/python/samplers.py` and
    `grain/_src/python/dataset/transformations/shuffle.py`.

    Args:
        api: What takes the seed.
        draft: What was asked for.
        derived: Whether shuffle() gets a seed that is derived from that of the pipeline.
    """
    seed, method = draft.sampling.seed, draft.sampling.method
    unused = api != LOADER and (derived or method is SamplingMethod.SEQUENTIAL)
    if "sampling" not in draft.malformed and seed > HIGHEST_SEED and not unused:
        taker = "IndexSampler" if api == LOADER else "shuffle()"
        yield Fault(
            code="seed-too-large",
            pointer="/sampling/seed",
            detail=f"{taker} takes seeds of 32 bits; {seed} has {seed.bit_length()}",
            given=seed,
            allowed=f"an integer in [0, {HIGHEST_SEED}]",
            nearest=(HIGHEST_SEED,),
        )

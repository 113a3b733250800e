"""Parameters of StreamingDataset, its loader and its world, and which of them go together."""

from collections.abc import Iterator
from typing import Final, cast

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.number_options import WholeList
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.protocol import Framework

MOST_RANKS: Final = 2**17
"""Most ranks, physical nodes and canonical nodes."""

_MOST_IN_A_BLOCK: Final = 2**52
"""Larger than any dataset that is shuffled as a whole, and exact in a double."""

STREAMING_OPTIONS: Final[tuple[Option, ...]] = (
    Whole(
        name="num_physical_nodes",
        default=None,
        optional=True,
        lowest=1,
        highest=MOST_RANKS,
        description="Nodes; null for data_parallel_size / ranks_per_node, or 1.",
    ),
    Whole(
        name="ranks_per_node",
        default=None,
        optional=True,
        lowest=1,
        highest=MOST_RANKS,
        description="Ranks of every node; null for data_parallel_size / num_physical_nodes.",
    ),
    Whole(
        name="num_workers",
        default=0,
        highest=2**10,
        description="Worker processes of every rank's DataLoader. Its micro-batches come from them "
        "in turn; what a rank sees is the same for any number.",
    ),
    Flag(name="drop_last", default=False, description="drop_last of the DataLoader."),
    Flag(
        name="as_loaded",
        default=False,
        description="No parameter of the package: whether lists leave out the entries of -1, which "
        "loaders skip; else micro-batches are full, as the partition has them.",
    ),
    Choice(
        name="partition_algo",
        default="relaxed",
        choices=("orig", "relaxed"),
        description="How samples are handed out; they differ in a run that resumes on another "
        "number of nodes.",
    ),
    Whole(
        name="num_canonical_nodes",
        default=None,
        optional=True,
        lowest=1,
        highest=MOST_RANKS,
        description="Parts of the dataset that samples never leave; null for the physical nodes "
        "of the first run, 64 times as many with py1s and py2s.",
    ),
    Choice(
        name="shuffle_algo",
        default="py1e",
        choices=("naive", "py1br", "py1e", "py1s", "py2s"),
        description="How sampling.method shuffle shuffles; sampling.seed is shuffle_seed.",
    ),
    Whole(
        name="shuffle_block_size",
        default=None,
        optional=True,
        lowest=1,
        highest=_MOST_IN_A_BLOCK,
        description="Samples that py1br and py1e mix; null for max(4000000 // num_canonical_nodes, "
        "262144).",
    ),
    Whole(
        name="samples_per_shard",
        default=None,
        optional=True,
        lowest=1,
        description="Samples of every shard but the last, which has the rest; null for one shard.",
    ),
    WholeList(
        name="shard_sizes",
        default=None,
        optional=True,
        lowest=1,
        description="Samples of each shard, where they differ.",
    ),
    Whole(
        name="epoch_size",
        default=None,
        optional=True,
        lowest=1,
        description="Samples of an epoch; null for dataset_size.",
    ),
    Whole(
        name="sampling_granularity",
        default=1,
        lowest=1,
        description="Samples that epoch_size takes from a shard together.",
    ),
    Choice(
        name="sampling_method",
        default="balanced",
        choices=("balanced", "fixed"),
        description="Whether epoch_size takes other samples in every epoch.",
    ),
    Whole(
        name="epoch",
        default=0,
        description="Epoch of a loaded state; epoch 0 of the plan is this one.",
    ),
    Whole(
        name="sample_in_epoch",
        default=0,
        description="Samples of that epoch which all ranks together had taken.",
    ),
    Whole(
        name="initial_physical_nodes",
        default=None,
        optional=True,
        lowest=1,
        highest=MOST_RANKS,
        description="Physical nodes of the run that a loaded state was saved by; null for the "
        "same as now.",
    ),
)


def misfitting_shards(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Shards that are told twice, or that do not add up to the dataset."""
    sizes = cast("tuple[int, ...] | None", framework.option(draft, "shard_sizes"))
    each = framework.option(draft, "samples_per_shard")
    if sizes is not None and each is not None:
        yield Fault(
            code="options-exclude-each-other",
            pointer="/framework/samples_per_shard",
            detail="samples_per_shard and shard_sizes both say how large the shards are",
            given=each,
            allowed="one of the two",
        )
    if sizes is not None and draft.knows("dataset_size") and sum(sizes) != draft.dataset_size:
        yield Fault(
            code="shards-do-not-add-up",
            pointer="/framework/shard_sizes",
            detail=f"the shards have {sum(sizes)} samples together, the dataset "
            f"{draft.dataset_size}",
            given=list(sizes),
            allowed=f"sizes that add up to {draft.dataset_size}",
        )


def tiny_blocks(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Blocks of a size that leaves py1br nothing to draw from."""
    blocked = framework.option(draft, "shuffle_algo") == "py1br"
    shuffled = draft.sampling.method is SamplingMethod.SHUFFLE
    if blocked and shuffled and framework.option(draft, "shuffle_block_size") == 1:
        yield Fault(
            code="block-too-small",
            pointer="/framework/shuffle_block_size",
            detail="py1br draws a shift below three quarters of shuffle_block_size, rounded down: "
            "there is none below 0",
            given=1,
            allowed="at least 2 with py1br",
            nearest=(2,),
        )

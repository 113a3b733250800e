"""Parameters of tf.data's transformations, and which of them go together."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import UINT64_MAX
from app.arithmetic.options import plain_value
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.tf_data.pipeline import PIPELINES

TF_DATA_OPTIONS: Final[tuple[Option, ...]] = (
    Choice(
        name="transformations",
        default="shard.shuffle.batch",
        choices=PIPELINES,
        description="Order of the transformations of Dataset.range(dataset_size): "
        "shard(data_parallel_size, rank), shuffle (left out where sampling.method is sequential), "
        "batch(micro_batch_size), repeat: as often as there are epochs, or without end where the "
        "run is measured otherwise. Without repeat every epoch iterates over the dataset anew.",
    ),
    Flag(name="drop_remainder", default=False, description="drop_remainder of batch."),
    Whole(
        name="buffer_size",
        default=None,
        optional=True,
        lowest=1,
        description="buffer_size of shuffle; null for the cardinality of what it shuffles.",
    ),
    Flag(
        name="reshuffle_each_iteration",
        default=True,
        description="reshuffle_each_iteration of shuffle. sampling.method shuffle_once means "
        "false.",
    ),
    Whole(
        name="global_seed",
        default=None,
        optional=True,
        highest=UINT64_MAX,
        description="What tf.random.set_seed got before the dataset was made; null where it was "
        "not called. sampling.seed is the seed of shuffle.",
    ),
)

_OF_SHUFFLE: Final = frozenset({"buffer_size", "reshuffle_each_iteration", "global_seed"})


def misplaced_options(draft: SpecDraft) -> Iterator[Fault]:
    """Options of a shuffle where nothing is shuffled, or that contradict the method."""
    method = draft.sampling.method
    if "sampling" in draft.malformed:
        return
    for name, value in draft.framework.options.entries:
        if name in _OF_SHUFFLE and method is SamplingMethod.SEQUENTIAL:
            yield Fault(
                code="option-not-applicable",
                pointer=f"/framework/{name}",
                detail=f"{name} belongs to shuffle, but sampling.method is sequential",
                given=plain_value(value),
                allowed=f"no {name}, or sampling.method shuffle",
            )

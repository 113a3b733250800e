"""Parameters of Lightning's Trainer and of the DataLoader that it is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Final

from app.arithmetic.integers import INT64_MAX
from app.arithmetic.options import OptionValue
from app.errors import Fault
from app.frameworks.option import Choice, Flag, Json, Option, Whole

LARGEST_DOUBLE: Final = 2.0**53
"""Up to here every whole number is a double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimit(Option):
    """A number of micro-batches (an integer), or a share of them (a double up to 1.0).

    Source: lightning 2.6.6, pytorch/trainer/setup.py. A whole double above 1.0 is legal as well.

    >>> limit = BatchLimit(name="limit_train_batches", default=None, description="")
    >>> [limit.accepts(value) for value in (1, 1.0, 5.0, 1.2, -1)], limit.nearest(1.2)
    ([True, True, True, False, False], (1,))
    """

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return (
            f"an integer in [0, {INT64_MAX}], or a number with a decimal point in [0.0, 1.0] or "
            "without a fraction"
        )

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {"type": "number", "minimum": 0, "maximum": INT64_MAX}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        if isinstance(value, float):
            whole = value <= LARGEST_DOUBLE and value.is_integer()
            return 0 <= value <= 1 or (value > 1 and whole)
        return type(value) is int and 0 <= value <= INT64_MAX

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """The whole number next to it."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            return ()
        return (min(max(int(value), 0), INT64_MAX),)


LIGHTNING_OPTIONS: Final[tuple[Option, ...]] = (
    BatchLimit(
        name="limit_train_batches",
        default=None,
        optional=True,
        description="How much of the loader an epoch reads: 10 are ten micro-batches, 0.1 is a "
        "tenth of them, rounded down; 1 is a single micro-batch, 1.0 all of them.",
    ),
    BatchLimit(
        name="overfit_batches",
        default=0.0,
        description="Above 0: reads as much of the loader as limit_train_batches would, "
        "unshuffled.",
    ),
    BatchLimit(
        name="val_check_interval",
        default=None,
        optional=True,
        description="Micro-batches from one validation to the next, or a share of an epoch; null "
        "is once per epoch.",
    ),
    Whole(
        name="check_val_every_n_epoch",
        default=1,
        optional=True,
        lowest=1,
        description="Epochs from one with validation to the next; null: val_check_interval counts "
        "the micro-batches of the run.",
    ),
    Choice(
        name="strategy",
        default="auto",
        choices=("auto", "ddp"),
        description="auto is ddp on several ranks, and no distributed training on one.",
    ),
    Flag(
        name="use_distributed_sampler",
        default=True,
        description="Whether the loader of a distributed training gets a DistributedSampler in "
        "place of its own sampler. If not, every rank reads the whole dataset.",
    ),
    Choice(
        name="sampler",
        default=None,
        optional=True,
        choices=("DistributedSampler", "UnrepeatedDistributedSampler"),
        description="Sampler that the loader brings along. DistributedSampler is torch's, seeded "
        "with sampling.seed; UnrepeatedDistributedSampler is the one of predictions, which adds "
        "no sample and shuffles by the epoch alone. null: none, but shuffle=True or False, with a "
        "generator that is seeded with sampling.seed.",
    ),
    Flag(name="drop_last", default=False, description="drop_last of the DataLoader."),
)


def misplaced_interval(interval: OptionValue, epochs: OptionValue) -> Iterator[Fault]:
    """A share of an epoch, where validation counts the micro-batches of the run."""
    if epochs is None and isinstance(interval, float):
        whole = max(1, int(interval))
        yield Fault(
            code="interval-not-whole",
            pointer="/framework/val_check_interval",
            detail=f"val_check_interval {interval} is written with a decimal point, but where "
            "check_val_every_n_epoch is null it counts the micro-batches of the run",
            given=str(interval),
            allowed="an integer, or a check_val_every_n_epoch",
            nearest=(whole,),
        )

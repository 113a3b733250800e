"""Arguments of the Trainer, version by version, and which of them go together."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import INT64_MAX, UINT64_MAX
from app.arithmetic.options import OptionValue
from app.errors import Fault
from app.frameworks.accelerate.options import EVEN_BATCHES, SPLIT_BATCHES
from app.frameworks.number_options import Amount
from app.frameworks.option import Flag, Json, Option, Whole

SEED_MAX: Final = 2**32 - 1
"""Largest seed of transformers.set_seed, which hands it to NumPy."""

_DOUBLE_MAX: Final = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsOrRatio(Option):
    """A number of steps; below 1 it is a share of max_steps.

    >>> option = StepsOrRatio(name="save_steps", default=500, description="")
    >>> option.accepts(0.1), option.accepts(2.5), option.nearest(2.5)
    (True, False, (2, 3))
    """

    lowest: int = 0

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return f"an integer in [{self.lowest}, {INT64_MAX}], or a number between 0 and 1"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        return {"type": "number", "minimum": 0, "maximum": INT64_MAX}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        if isinstance(value, float):
            whole = value.is_integer() and self.lowest <= value <= _DOUBLE_MAX
            return 0 < value < 1 or whole
        return type(value) is int and self.lowest <= value <= INT64_MAX

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """The numbers of steps next to it."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            return ()
        between = min(max(value, self.lowest), INT64_MAX)
        return tuple(sorted({floor(between), ceil(between)}))


_SHARED: Final[tuple[Option, ...]] = (
    SPLIT_BATCHES,
    EVEN_BATCHES,
    Flag(
        name="dataloader_drop_last",
        default=False,
        description="Whether micro-steps in which a rank would miss a sample are left out.",
    ),
    StepsOrRatio(
        name="logging_steps",
        default=500,
        lowest=1,
        description="Steps from one log to the next; below 1 a share of max_steps.",
    ),
    StepsOrRatio(
        name="eval_steps",
        default=None,
        optional=True,
        description="Steps from one evaluation to the next; below 1 a share of max_steps, 0 for "
        "logging_steps, null for no evaluation by steps.",
    ),
    StepsOrRatio(
        name="save_steps",
        default=500,
        description="Steps from one checkpoint to the next; below 1 a share of max_steps, 0 for "
        "none but the last.",
    ),
    Whole(
        name="resume_from_checkpoint",
        default=None,
        optional=True,
        lowest=1,
        description="The step of a checkpoint: framework_numbers tell where a run resumed from "
        "it goes on. The plan stays that of an unbroken run.",
    ),
    Flag(
        name="ignore_data_skip",
        default=False,
        description="Whether a resumed run begins its epoch again.",
    ),
)
_DATA_SEED: Final = Whole(
    name="data_seed",
    default=None,
    optional=True,
    highest=UINT64_MAX,
    description="Seed of the order; null for the seed of the run, which is sampling.seed.",
)
_WARMUP_BY_RATIO: Final[tuple[Option, ...]] = (
    Whole(
        name="warmup_steps",
        default=0,
        description="Steps of the warmup; above 0 it takes the place of warmup_ratio.",
    ),
    Amount(
        name="warmup_ratio",
        default=0.0,
        highest=1,
        highest_double=1.0,
        description="Share of max_steps that the warmup takes.",
    ),
)
_WARMUP: Final = Amount(
    name="warmup_steps",
    default=0,
    highest_double=_DOUBLE_MAX,
    description="Steps of the warmup; below 1 a share of max_steps.",
)
OPTIONS_4_45: Final = (*_SHARED, *_WARMUP_BY_RATIO)
"""Without data_seed: the argument is there, but this version never reads it for training."""

OPTIONS_4_51: Final = (*_SHARED, _DATA_SEED, *_WARMUP_BY_RATIO)
OPTIONS_5: Final = (*_SHARED, _DATA_SEED, _WARMUP)


def refused_seed_of_run(draft: SpecDraft) -> Iterator[Fault]:
    """Seeds that transformers.set_seed refuses."""
    seed = draft.sampling.seed
    if "sampling" not in draft.malformed and seed > SEED_MAX:
        yield Fault(
            code="seed-too-large",
            pointer="/sampling/seed",
            detail=f"transformers.set_seed hands the seed to NumPy, which takes no {seed}",
            given=seed,
            allowed=f"an integer in [0, {SEED_MAX}]",
            nearest=(SEED_MAX,),
        )


def misplaced_skip(draft: SpecDraft) -> Iterator[Fault]:
    """ignore_data_skip of a run that is not resumed."""
    options = draft.framework.options
    if options.given("ignore_data_skip") and options.given("resume_from_checkpoint") is None:
        yield Fault(
            code="option-not-applicable",
            pointer="/framework/ignore_data_skip",
            detail="ignore_data_skip says what a resumed run does, but nothing is resumed",
            given=True,
            allowed="no ignore_data_skip, or resume_from_checkpoint with it",
        )

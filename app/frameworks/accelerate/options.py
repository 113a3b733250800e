"""Parameters of accelerate's loaders, accumulation and scheduler, and which go together."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import UINT64_MAX
from app.arithmetic.options import plain_value
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.option import Flag, Option, Whole

SPLIT_BATCHES: Final = Flag(
    name="split_batches",
    default=False,
    description="Whether the script's loader has the batches of all ranks, and each rank takes "
    "its part. micro_batch_size stays the samples of one rank, so the loader's batch_size is "
    "micro_batch_size x data_parallel_size.",
)
EVEN_BATCHES: Final = Flag(
    name="even_batches",
    default=True,
    description="Whether the last batches are filled up from the head of the epoch, so that all "
    "ranks get as many. Says nothing about a single rank, whose last batch stays short.",
)
ACCELERATE_OPTIONS: Final[tuple[Option, ...]] = (
    SPLIT_BATCHES,
    EVEN_BATCHES,
    Flag(
        name="use_seedable_sampler",
        default=False,
        description="Whether SeedableRandomSampler replaces RandomSampler: epoch e is shuffled "
        "with seed + e. If not, the loader is made with generator=torch.Generator()"
        ".manual_seed(sampling.seed), which goes on from epoch to epoch.",
    ),
    Whole(
        name="data_seed",
        default=None,
        optional=True,
        highest=UINT64_MAX,
        description="Seed of SeedableRandomSampler; null for the seed of torch.manual_seed, "
        "which is sampling.seed.",
    ),
    Flag(name="drop_last", default=False, description="drop_last of the script's DataLoader."),
    Flag(
        name="sync_with_dataloader",
        default=True,
        description="Whether the end of a loader is an update, and micro-steps are counted anew.",
    ),
    Flag(
        name="step_scheduler_with_optimizer",
        default=True,
        description="Whether the prepared scheduler is stepped with the updates: by "
        "data_parallel_size steps each, by one with split_batches. If not, by one step whenever "
        "the script calls it, which is taken to be every micro-step.",
    ),
)


def misplaced_data_seed(draft: SpecDraft, *, seedable: bool) -> Iterator[Fault]:
    """A seed of SeedableRandomSampler where nothing is shuffled by it."""
    given = draft.framework.options.given("data_seed")
    sequential = draft.sampling.method is SamplingMethod.SEQUENTIAL
    if given is not None and (not seedable or sequential):
        needed = "another sampling.method" if seedable else "use_seedable_sampler true"
        yield Fault(
            code="option-not-applicable",
            pointer="/framework/data_seed",
            detail="data_seed is the seed of SeedableRandomSampler, which this loader has not",
            given=plain_value(given),
            allowed=f"no data_seed, or {needed}",
        )

"""Parameters of torch's samplers and DataLoader, and which of them go together."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import plain_value
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.protocol import Framework

PYTORCH_OPTIONS: Final[tuple[Option, ...]] = (
    Choice(
        name="sampler",
        default="DistributedSampler",
        choices=("DistributedSampler", "RandomSampler", "SequentialSampler"),
        description="Sampler of the DataLoader. The last two know nothing of ranks. Its order "
        "follows sampling.method: shuffle, sequential, with_replacement (RandomSampler), or "
        "shuffle_once (DistributedSampler whose set_epoch is never called).",
    ),
    Flag(name="drop_last", default=False, description="drop_last of the DataLoader."),
    Flag(name="sampler_drop_last", default=False, description="drop_last of DistributedSampler."),
    Whole(
        name="num_samples",
        default=None,
        optional=True,
        lowest=1,
        description="num_samples of RandomSampler: samples of an epoch; null for dataset_size.",
    ),
    Choice(
        name="generator",
        default="sampler",
        choices=("sampler", "loader", "global"),
        description="Where sampling.seed goes in with RandomSampler: its own generator; the "
        "generator of DataLoader(shuffle=True), which draws a base seed from it first; or "
        "torch.manual_seed, from which every epoch draws the seed of a new generator.",
    ),
    Choice(
        name="accumulation",
        default="flush",
        choices=("flush", "carry"),
        description="Whether the end of an epoch is an update, or the training loop goes on "
        "counting micro-steps across it.",
    ),
)
_OWNER: Final = {
    "num_samples": "RandomSampler",
    "generator": "RandomSampler",
    "sampler_drop_last": "DistributedSampler",
}
"""Options that belong to one sampler."""

_METHODS: Final = {
    "DistributedSampler": (
        SamplingMethod.SHUFFLE,
        SamplingMethod.SEQUENTIAL,
        SamplingMethod.SHUFFLE_ONCE,
    ),
    "RandomSampler": (SamplingMethod.SHUFFLE, SamplingMethod.WITH_REPLACEMENT),
    "SequentialSampler": (SamplingMethod.SEQUENTIAL,),
}
"""What each sampler can do."""


def misplaced_options(sampler: str, draft: SpecDraft) -> Iterator[Fault]:
    """Options that belong to another sampler."""
    for name, value in draft.framework.options.entries:
        if _OWNER.get(name, sampler) != sampler:
            yield Fault(
                code="option-not-applicable",
                pointer=f"/framework/{name}",
                detail=f"{name} belongs to {_OWNER[name]}, but the sampler is {sampler}",
                given=plain_value(value),
                allowed=f"no {name}, or sampler {_OWNER[name]}",
            )


def misplaced_method(framework: Framework, sampler: str, draft: SpecDraft) -> Iterator[Fault]:
    """A sampling method that torch has, but not this sampler."""
    method = draft.sampling.method
    legal = _METHODS[sampler]
    known = "sampling" not in draft.malformed and method in framework.sampling_methods
    if known and method not in legal:
        yield Fault(
            code="method-not-in-framework",
            pointer="/sampling/method",
            detail=f"{sampler} does not sample like {method}",
            given=str(method),
            allowed=f"one of {', '.join(legal)}",
            nearest=(str(legal[0]),),
        )

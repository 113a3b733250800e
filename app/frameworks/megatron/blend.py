"""Megatron's blended datasets: which of them are refused, and what a plan says of the others."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, cast

from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault
from app.frameworks.protocol import Framework
from app.sampling.blend import Blend

MOST_COMPARISONS: Final = 2**20
"""Comparisons of shares that a plan has time for; a few milliseconds."""


def blend_of(framework: Framework, spec: TrainingSpec) -> Blend | None:
    """The blend that the options describe."""
    weights, sizes = _weights(framework, spec), _sizes(framework, spec)
    if weights is not None:
        return Blend.weighted(weights, size=spec.dataset_size)
    return None if sizes is None else Blend.of_sizes(sizes, size=spec.dataset_size)


def blend_numbers(framework: Framework, spec: TrainingSpec) -> dict[str, list[int]]:
    """Samples that are taken of each dataset, and where they begin; where that is known."""
    counts = _counts(framework, spec)
    if not counts:
        return {}
    return {"blend_counts": counts, "blend_offsets": [0, *accumulate(counts[:-1])]}


def uncounted_blend(framework: Framework, spec: TrainingSpec) -> Iterator[Finding]:
    """A blend that is too large for its counts to be part of a plan."""
    blend = blend_of(framework, spec)
    if blend is not None and not _counts(framework, spec):
        yield Finding(
            code="blend-not-counted",
            severity=Severity.INFO,
            message=f"the blend takes {blend.comparisons} comparisons, more than "
            f"{MOST_COMPARISONS}, so the plan does not say how many samples it takes of each "
            "dataset; in the order of the blend (dataloader_type single) a sample_index that is "
            "not one more than an earlier one is the first of its dataset",
            field="/framework/blend",
            suggestion=None,
        )


def impossible_blends(framework: Framework, draft: SpecDraft) -> Iterator[Fault]:
    """Blends that Megatron refuses, and two of them at once."""
    weights, sizes = _weights(framework, draft), _sizes(framework, draft)
    if weights is not None and sizes is not None:
        yield Fault(
            code="option-not-applicable",
            pointer="/framework/blend_sizes",
            detail="blend and blend_sizes are given, but one dataset is one blend",
            given=list(sizes),
            allowed="blend or blend_sizes",
        )
    if sizes is not None and draft.knows("dataset_size"):
        yield from _too_large(sum(sizes), draft.dataset_size or 0)


def _too_large(most: int, size: int) -> Iterator[Fault]:
    if size > most:
        yield Fault(
            code="blend-exceeds-datasets",
            pointer="/dataset_size",
            detail=f"the datasets of blend_sizes have {most} samples together, the blend {size}",
            given=size,
            allowed=f"at most {most}",
            nearest=(most,),
        )


def _counts(framework: Framework, spec: TrainingSpec) -> list[int]:
    """Samples that are taken of each dataset; empty where it takes too long, or without a blend."""
    blend, sizes = blend_of(framework, spec), _sizes(framework, spec)
    if sizes is not None and sum(sizes) == spec.dataset_size:
        return list(sizes)
    return blend.counts() if blend and blend.comparisons <= MOST_COMPARISONS else []


def _weights(framework: Framework, spec: TrainingSpec | SpecDraft) -> Sequence[float] | None:
    return cast("Sequence[float] | None", framework.option(spec, "blend"))


def _sizes(framework: Framework, spec: TrainingSpec | SpecDraft) -> Sequence[int] | None:
    return cast("Sequence[int] | None", framework.option(spec, "blend_sizes"))

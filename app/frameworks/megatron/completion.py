"""What Megatron's arguments decide about the other fields of a draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import Options, OptionValue
from app.arithmetic.spec import DEFAULT_SAMPLING, SamplingMethod
from app.frameworks.megatron.options import METHODS
from app.frameworks.protocol import Framework

_LOADERS: Final[Mapping[SamplingMethod, str]] = {method: name for name, method in METHODS.items()}


def with_loader(framework: Framework, draft: SpecDraft) -> SpecDraft:
    """The draft with sampling.method and dataloader_type, whichever of them is left open."""
    loader, method = framework.option(draft, "dataloader_type"), draft.sampling.method
    if loader is None:
        loader = _LOADERS.get(method)
        return draft if loader is None else _with_option(draft, "dataloader_type", loader)
    if draft.sampling != DEFAULT_SAMPLING:
        return draft
    return replace(draft, sampling=replace(DEFAULT_SAMPLING, method=METHODS[str(loader)]))


def with_decreased_batch(framework: Framework, draft: SpecDraft) -> SpecDraft:
    """The draft with a global batch of whole micro-steps, where Megatron may round it down."""
    whole, size = draft.global_batch_size, draft.micro_batch_size
    if whole is None or size is None or draft.gives("gradient_accumulation_steps"):
        return draft
    if not framework.option(draft, "decrease_batch_size_if_needed"):
        return draft
    real = whole - whole % (size * (draft.data_parallel_size or 1))
    if real in {0, whole}:
        return draft
    return replace(_with_option(draft, "global_batch_size", whole), global_batch_size=real)


def _with_option(draft: SpecDraft, name: str, value: OptionValue) -> SpecDraft:
    options = Options.of({**dict(draft.framework.options.entries), name: value})
    return replace(draft, framework=replace(draft.framework, options=options))

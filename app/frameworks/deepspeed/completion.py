"""Batch sizes of a draft that DeepSpeed's elasticity decides, and why it decides none."""

from collections.abc import Iterator
from dataclasses import replace

from app.arithmetic.batch import FIELDS as BATCH_FIELDS
from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import Options
from app.errors import Fault
from app.frameworks.deepspeed.elasticity import Elasticity
from app.frameworks.deepspeed.options import member, without_defaults
from app.frameworks.deepspeed.refusals import (
    overridden_sizes,
    refused_block,
    refused_ranks_of,
    solved_batch,
)


def with_elastic_sizes(
    draft: SpecDraft, block: Options, elasticity: Elasticity | None
) -> SpecDraft:
    """The draft with the batch sizes of elasticity; without its block where that is disabled.

    Equal blocks are written alike afterwards. Where elasticity decides nothing, the sizes are
    left for its faults to explain.

    Args:
        draft: What was asked for.
        block: The parameters of elasticity.
        elasticity: What they say.
    """
    if member(block, "enabled") is not True:
        return _with_block(draft, None)
    draft, batch = _with_block(draft, without_defaults(block)), None
    if elasticity is not None and not any(refused_block(block, elasticity)):
        ranks = _ranks(draft)
        batch = solved_batch(elasticity, ranks) if ranks else None
    overrides = member(block, "ignore_non_elastic_batch_info") is True
    if batch is None or (not overrides and any(overridden_sizes(draft, batch))):
        return unsolved(draft)
    return replace(draft, **{name: getattr(batch, name) for name in BATCH_FIELDS})


def elasticity_faults(
    draft: SpecDraft, block: Options, elasticity: Elasticity | None
) -> Iterator[Fault]:
    """Everything that keeps an enabled elasticity from deciding the batch sizes of a draft.

    Args:
        draft: What was asked for.
        block: The parameters of elasticity.
        elasticity: What they say.
    """
    faults = [*refused_block(block, elasticity)]
    yield from faults
    ranks = _ranks(draft)
    if faults or elasticity is None or ranks is None:
        return
    yield from refused_ranks_of(elasticity, ranks)
    batch = solved_batch(elasticity, ranks)
    if batch is not None:
        yield from overridden_sizes(draft, batch)


def unsolved(draft: SpecDraft) -> SpecDraft:
    """The draft whose batch sizes nobody may solve."""
    return replace(draft, malformed=draft.malformed | {"global_batch_size"})


def _ranks(draft: SpecDraft) -> int | None:
    """Ranks of a draft; None where what is given is no number of ranks."""
    return None if "data_parallel_size" in draft.malformed else draft.data_parallel_size or 1


def _with_block(draft: SpecDraft, block: Options | None) -> SpecDraft:
    options = {**dict(draft.framework.options.entries), "elasticity": block}
    if block is None:
        del options["elasticity"]
    return replace(draft, framework=replace(draft.framework, options=Options.of(options)))

"""The samples of a run in the order of training, across its epochs."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.spec import SamplingMethod
from app.plan.planner import Plan
from app.sampling.layout import Progression

COMPARED_SAMPLES = 4_096
"""Samples that are looked at to find where two orders part."""

COMPARED_WORK = 2**22
"""Indices, tables included, that are computed for them; one epoch may go beyond."""


def sequence_key(plan: Plan) -> Hashable:
    """What a run's order of samples depends on, its length aside.

    Plans with equal keys take the same samples in the same order, as far as both run. Passes that
    follow one another without a gap make one sequence, however long an epoch is.
    """
    spec, shape = plan.spec, plan.run.shape
    method = spec.sampling.method
    seed = None if method is SamplingMethod.SEQUENTIAL else spec.sampling.seed
    gapless = spec.is_virtual or shape.samples_per_epoch == shape.dataset_size
    cut = None if method.has_passes and gapless else (shape.samples_per_epoch, spec.remainder)
    return (plan.framework.name, plan.framework.version, method, seed, spec.dataset_size, cut)


def first_samples(
    plan: Plan, *, most: int = COMPARED_SAMPLES, work: int = COMPARED_WORK
) -> NDArray[np.int64]:
    """The first samples of a run: whole epochs of it and the start of one, within limits.

    Args:
        plan: The run.
        most: Most samples.
        work: Indices, tables included, after which no further epoch begins.

    Returns:
        int64, at least one and at most `most` of them.
    """
    out = np.empty(min(most, plan.run.total_samples), np.int64)
    per_epoch = plan.run.shape.samples_per_epoch
    for epoch, first in enumerate(range(0, len(out), per_epoch)):
        if work <= 0:
            return out[:first]
        part = out[first : first + per_epoch]
        order = plan.framework.order(plan.spec, plan.run.shape, epoch)
        order.fill(part, start=0)
        work -= order.work(Progression(0, 1, len(part)))
    return out


def parting_sample(one: NDArray[np.int64], other: NDArray[np.int64]) -> int | None:
    """Where the first samples of two runs first differ; None when they agree as far as both go.

    >>> parting_sample(np.array([3, 1, 2]), np.array([3, 2]))
    1
    """
    shared = min(len(one), len(other))
    apart = np.flatnonzero(one[:shared] != other[:shared])
    return int(apart[0]) if len(apart) else None

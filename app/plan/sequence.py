"""The samples of a run in the order of training, across its epochs."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.spec import SamplingMethod
from app.plan.planner import Plan

COMPARED_SAMPLES = 4_096
"""Samples that are looked at to find where two orders part."""


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


def first_samples(plan: Plan, count: int) -> NDArray[np.int64]:
    """The first samples of a run, at most as many as it takes.

    Returns:
        int64, shape (min(count, total_samples),).
    """
    out = np.empty(min(count, plan.run.total_samples), np.int64)
    per_epoch = plan.run.shape.samples_per_epoch
    for epoch, first in enumerate(range(0, len(out), per_epoch)):
        part = out[first : first + per_epoch]
        plan.framework.order(plan.spec, plan.run.shape, epoch).fill(part, start=0)
    return out


def parting_sample(one: Plan, other: Plan) -> int | None:
    """Where the samples of two runs first differ, counted from the start of the run.

    Only the first COMPARED_SAMPLES are looked at; None when they agree as far as both run.
    """
    mine, theirs = first_samples(one, COMPARED_SAMPLES), first_samples(other, COMPARED_SAMPLES)
    shared = min(len(mine), len(theirs))
    apart = np.flatnonzero(mine[:shared] != theirs[:shared])
    return int(apart[0]) if len(apart) else None

"""Reads epochs out of the native framework, and out of its document."""

import numpy as np

from app.arithmetic.passes import pass_point
from app.arithmetic.spec import Remainder, SamplingMethod, TrainingSpec
from app.frameworks.native.framework import NativeFramework, native_shape
from app.frameworks.protocol import Framework
from app.sampling.order import Order
from tests.sampling import reference

NATIVE: Framework = NativeFramework()
PERM, SAMP = "epochplan.perm.1", "epochplan.samp.1"


def indices_of(spec: TrainingSpec, epoch: int) -> list[int]:
    """Sample indices of a whole epoch in the order of its positions."""
    run = NATIVE.run(spec)
    out = np.empty(run.shape.samples_per_epoch, np.int64)
    NATIVE.order(spec, run, epoch).fill(out, start=0)
    sample_indices: list[int] = out.tolist()
    return sample_indices


def sample_at(order: Order, position: int) -> int:
    out = np.empty(1, np.int64)
    order.fill(out, start=position)
    return int(out[0])


def stream(spec: TrainingSpec, epochs: int) -> list[int]:
    return [sample for epoch in range(epochs) for sample in indices_of(spec, epoch)]


def documented_sample(spec: TrainingSpec, epoch: int, position: int) -> int:
    """The sample at a position as the document defines it, by the plain Python reference."""
    size, seed = spec.dataset_size, spec.sampling.seed
    point = pass_point(spec, native_shape(spec), epoch, position)
    match spec.sampling.method:
        case SamplingMethod.SEQUENTIAL:
            return point.position
        case SamplingMethod.SHUFFLE:
            return reference.permutation(PERM, seed, point.number, size, point.position)
        case SamplingMethod.SHUFFLE_ONCE:
            return reference.permutation(PERM, seed, 0, size, point.position)
        case SamplingMethod.RANDOM_SAMPLE:
            return reference.permutation(SAMP, seed, epoch, size, position)
        case SamplingMethod.WITH_REPLACEMENT:
            padded = spec.remainder is Remainder.PAD
            return reference.draw(seed, epoch, size, position % size if padded else position)

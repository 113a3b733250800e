"""Epochs that are longer than any number of samples may be."""

from collections.abc import Iterator

from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import INT64_MAX
from app.errors import Fault

_SAFE_SAMPLES = 2**62
"""A dataset of which every padded epoch is countable."""


def refused_length(shape: EpochShape, *, copies: int = 1) -> Iterator[Fault]:
    """An epoch that is filled up, or read by several ranks, to more than 2^63-1 samples.

    >>> from app.arithmetic.batch import solve_batch
    >>> shape = EpochShape(
    ...     dataset_size=2**63 - 1,
    ...     batch=solve_batch(global_batch_size=2),
    ...     steps_per_epoch=2**62,
    ...     samples_per_epoch=2**63,
    ... )
    >>> [fault.code for fault in refused_length(shape)]
    ['epoch-too-large']

    Args:
        shape: A full epoch.
        copies: How many ranks read every sample.
    """
    if shape.samples_per_epoch > INT64_MAX:
        most = max(1, _SAFE_SAMPLES // copies)
        yield Fault(
            code="epoch-too-large",
            pointer="/dataset_size",
            detail=f"an epoch of all ranks would have {shape.samples_per_epoch} samples, above "
            "2^63-1",
            given=shape.dataset_size,
            allowed=f"at most {most}",
            nearest=(most,),
        )

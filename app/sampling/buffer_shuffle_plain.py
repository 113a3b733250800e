"""The swaps of a shuffle buffer in plain Python."""

from collections.abc import MutableSequence
from typing import Any, cast

from numpy.typing import NDArray

from app.sampling.kernel_set import ShuffleTable


def swap_partners(table: ShuffleTable, partners: NDArray[Any], first: int) -> None:
    """Swap positions first, first + 1, ... with their partners, one after another.

    Args:
        table: Contiguous; overwritten.
        partners: Integers, one for every position that is swapped.
        first: First of these positions.
    """
    # items of a memory view are taken and set in half the time of an array's
    samples = cast("MutableSequence[int]", table.data)
    for own, other in enumerate(partners.tolist(), start=first):
        samples[own], samples[other] = samples[other], samples[own]

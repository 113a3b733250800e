"""The integer types that binary formats hold indices in, and whether a dataset fits."""

from enum import StrEnum

import numpy as np

from app.errors import Fault, InvalidSelectionError
from app.sampling.kernel_set import Indices


class IndexType(StrEnum):
    """Little-endian integer type of a sample index."""

    INT64 = "int64"
    UINT32 = "uint32"

    @property
    def item_bytes(self) -> int:
        """Bytes of one index.

        >>> IndexType.UINT32.item_bytes
        4
        """
        return self.numpy_type.itemsize

    @property
    def numpy_type(self) -> np.dtype[np.int64] | np.dtype[np.uint32]:
        """The NumPy type, little-endian on every machine."""
        return np.dtype("<i8") if self is IndexType.INT64 else np.dtype("<u4")

    @property
    def computed_type(self) -> type[np.int64 | np.uint32]:
        """The type that indices are computed in, in the order of this machine's bytes."""
        return np.int64 if self is IndexType.INT64 else np.uint32

    def little_endian(self, indices: Indices) -> Indices:
        """The indices as they are sent: themselves, where the machine is little-endian."""
        return indices.astype(self.numpy_type, copy=False)


def fitting(index_type: IndexType, dataset_size: int, *, has_blanks: bool = False) -> IndexType:
    """The type itself, where every index of the dataset fits, and -1 if it is listed.

    >>> fitting(IndexType.UINT32, 2**32)
    <IndexType.UINT32: 'uint32'>

    Raises:
        InvalidSelectionError: The largest index does not fit.
    """
    if index_type is IndexType.UINT32 and dataset_size > 2**32:
        fault = Fault(
            code="dtype-too-narrow",
            pointer="/dtype",
            detail=f"uint32 holds indices below {2**32}; the dataset has {dataset_size} samples",
            given="uint32",
            allowed="int64",
            nearest=("int64",),
        )
        raise InvalidSelectionError([fault])
    if index_type is IndexType.UINT32 and has_blanks:
        raise InvalidSelectionError([_signless()])
    return index_type


def _signless() -> Fault:
    return Fault(
        code="dtype-without-sign",
        pointer="/dtype",
        detail="uint32 has no -1, which stands for a place without a sample in this plan",
        given="uint32",
        allowed="int64",
        nearest=("int64",),
    )

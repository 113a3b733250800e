"""Manifest as a file that is never stored: any byte range costs its own length only."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.arithmetic.integers import INT64_MAX
from app.errors import Fault, WorkLimitError
from app.manifest.blocks import index_blocks
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection

_NPY_MAGIC = b"\x93NUMPY\x01\x00"
_NPY_HEADER_BYTES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualFile:
    """A header, then the selected indices as little-endian integers.

    Attributes:
        header: Bytes before the first index.
        selection: What the file lists.
        index_type: Type of one index.
    """

    header: bytes
    selection: Selection
    index_type: IndexType

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.header) + self.selection.members.count * self.index_type.item_bytes

    def blocks(self, start: int, stop: int, *, block_bytes: int) -> Iterator[bytes | memoryview]:
        """The bytes [start, stop) of the file.

        Yields:
            Non-empty pieces of at most block_bytes, except for the edges of an index; the memory
            that the indices were computed in, which nothing else uses.
        """
        if self.header[start:stop]:
            yield self.header[start:stop]
        item, ahead = self.index_type.item_bytes, len(self.header)
        body_start, body_stop = max(start - ahead, 0), max(stop - ahead, 0)
        first, skipped = divmod(body_start, item)
        left = body_stop - body_start
        blocks = index_blocks(
            self.selection,
            first=first,
            stop=-(-body_stop // item),
            block_indices=max(1, block_bytes // item),
            index_type=self.index_type,
        )
        for block in blocks:
            computed = self.index_type.little_endian(block).data.cast("B")
            piece = computed[skipped:][:left]
            yield piece
            left -= len(piece)
            skipped = 0


def raw_file(selection: Selection, index_type: IndexType) -> VirtualFile:
    """The indices and nothing else.

    Raises:
        WorkLimitError: The file would have more than 2^63-1 bytes.
    """
    return _countable(VirtualFile(header=b"", selection=selection, index_type=index_type))


def npy_file(selection: Selection, index_type: IndexType) -> VirtualFile:
    """The indices behind a NumPy 1.0 header of 128 bytes: a one-dimensional array.

    Raises:
        WorkLimitError: The file would have more than 2^63-1 bytes.
    """
    header = npy_header(selection.members.count, index_type)
    return _countable(VirtualFile(header=header, selection=selection, index_type=index_type))


def npy_header(count: int, index_type: IndexType) -> bytes:
    """Header of an array of shape (count,), as the NumPy format 1.0 describes it.

    Source: NumPy documentation, numpy.lib.format, "Format Version 1.0". The length is fixed, so
    that the bytes depend on nothing but the arguments; they are those that numpy.save writes.

    >>> npy_header(3, IndexType.UINT32)[10:67]
    b"{'descr': '<u4', 'fortran_order': False, 'shape': (3,), }"
    """
    kind = index_type.numpy_type.str
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({count},), }}"
    length = _NPY_HEADER_BYTES - len(_NPY_MAGIC) - 2
    return _NPY_MAGIC + length.to_bytes(2, "little") + text.ljust(length - 1).encode() + b"\n"


def _countable(file: VirtualFile) -> VirtualFile:
    if file.size > INT64_MAX:
        raise WorkLimitError([_too_large(file)])
    return file


def _too_large(file: VirtualFile) -> Fault:
    selection = file.selection
    most = (INT64_MAX - len(file.header)) // file.index_type.item_bytes
    stop = selection.longest(lambda part: part.members.count <= most).stop_step
    steps = stop - selection.start_step
    return Fault(
        code="file-too-large",
        pointer="/stop_step",
        detail=f"the file would have {file.size} bytes, above 2^63-1; ask for fewer steps or for "
        "one rank",
        given=selection.stop_step,
        allowed=f"at most {steps} steps at once",
        nearest=(stop,) if steps else (),
    )

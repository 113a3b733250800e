"""Manifest as an Apache Arrow IPC stream with the columns step_in_epoch and sample_index."""

# nanoarrow is published without types
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Iterator
from io import BytesIO

import nanoarrow as na
import numpy as np
from nanoarrow.ipc import StreamWriter
from numpy.typing import NDArray

from app.manifest.blocks import BLOCK_INDICES, index_blocks, listed_positions, listed_steps
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection
from app.sampling.kernel_set import Indices

ROWS_PER_RECORD_BATCH = 65_536
"""Rows of a record batch, counted from the start of the selection: part of the format."""

_INDEX_TYPES = {IndexType.INT64: na.int64, IndexType.UINT32: na.uint32}


def arrow_blocks(selection: Selection, index_type: IndexType) -> Iterator[bytes]:
    """The schema, record batches of a fixed number of rows, the end of the stream.

    An empty selection has one empty record batch. Pieces are empty while a record batch that
    takes long is computed, so that whoever reads them may stop in the middle of it.
    """
    members, grid = selection.members, selection.grid
    sink = BytesIO()
    with StreamWriter.from_writable(sink) as writer:
        for first in range(0, max(1, members.count), ROWS_PER_RECORD_BATCH):
            part = members.part(first, min(members.count, first + ROWS_PER_RECORD_BATCH))
            blocks = [np.empty(0, index_type.computed_type)]
            stop = first + part.count
            for block in index_blocks(selection, first=first, stop=stop, index_type=index_type):
                blocks.append(block)
                if len(block) < BLOCK_INDICES:
                    yield b""
            indices = index_type.little_endian(np.concatenate(blocks))
            writer.write_array(
                _record_batch(listed_steps(grid, listed_positions(part)), indices, index_type)
            )
            yield _drained(sink)
    yield _drained(sink)


def _record_batch(steps: NDArray[np.int64], indices: Indices, kind: IndexType) -> object:
    columns = {
        "step_in_epoch": na.int64(nullable=False),
        "sample_index": _INDEX_TYPES[kind](nullable=False),
    }
    return na.c_array_from_buffers(
        na.struct(columns),
        len(steps),
        [None],
        # with their types, because nanoarrow infers none from an empty array
        children=[na.c_array(steps, na.int64()), na.c_array(indices, _INDEX_TYPES[kind]())],
    )


def _drained(sink: BytesIO) -> bytes:
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content

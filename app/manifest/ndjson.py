"""Manifest as newline-delimited JSON: a row per step or micro-step, streamed."""

from collections.abc import Iterator

import numpy as np
import orjson
from numpy.typing import NDArray

from app.manifest.blocks import BLOCK_INDICES, affordable, filled, index_blocks
from app.manifest.rows import Group, Rows, rows_of
from app.manifest.selection import Selection
from app.sampling.order import Order


def ndjson_blocks(selection: Selection, group: Group) -> Iterator[bytes]:
    """Rows `{"step_in_epoch", "sample_indices"}`, with micro-steps also `micro_step`.

    The group flat is one row `{"start_step", "stop_step", "sample_indices"}`.
    """
    if group is Group.FLAT:
        head = f'{{"start_step":{selection.start_step},"stop_step":{selection.stop_step}'
        yield from _long_row(selection, head, 0, selection.members.count)
        return
    rows, order = rows_of(selection, group), selection.order()
    together = affordable(order, selection.members.part(0, BLOCK_INDICES)).count // rows.row_size
    if together:
        yield from _short_rows(selection, rows, group, order, together)
        return
    for row in range(rows.count):
        yield from _long_row(selection, _head(rows, row, group), *rows.bounds(row))


def _short_rows(
    selection: Selection, rows: Rows, group: Group, order: Order, together: int
) -> Iterator[bytes]:
    """Whole rows, as many together as may be computed at once."""
    members = selection.members
    for first_row in range(0, rows.count, together):
        some = range(first_row, min(first_row + together, rows.count))
        first, stop = rows.bounds(some[0])[0], rows.bounds(some[-1])[1]
        indices = filled(order, members.part(first, stop))
        yield b"".join(_row(indices, rows, row, first, group) for row in some)


def _row(indices: NDArray[np.int64], rows: Rows, row: int, first: int, group: Group) -> bytes:
    start, stop = rows.bounds(row)
    listed = _joined(indices[start - first : stop - first])
    return b'%b,"sample_indices":[%b]}\n' % (_head(rows, row, group).encode(), listed)


def _long_row(selection: Selection, head: str, first: int, stop: int) -> Iterator[bytes]:
    """One row in pieces, for lists that are longer than a block."""
    comma = b""
    yield f'{head},"sample_indices":['.encode()
    for block in index_blocks(selection, first=first, stop=stop):
        yield comma + _joined(block)
        comma = b","
    yield b"]}\n"


def _head(rows: Rows, row: int, group: Group) -> str:
    step = f'{{"step_in_epoch":{rows.step_in_epoch(row)}'
    return f'{step},"micro_step":{rows.micro_step(row)}' if group is Group.MICRO_STEP else step


def _joined(indices: NDArray[np.int64]) -> bytes:
    return orjson.dumps(indices, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]

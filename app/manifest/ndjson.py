"""Manifest as newline-delimited JSON: a row per step or micro-step, streamed."""

from collections.abc import Iterable, Iterator

import orjson

from app.manifest.blocks import BLOCK_INDICES, affordable, index_blocks
from app.manifest.rows import Group, Row, rows_of
from app.manifest.selection import Selection
from app.sampling.filling import filled
from app.sampling.kernel_set import Indices
from app.sampling.order import Order


def ndjson_blocks(selection: Selection, group: Group) -> Iterator[bytes]:
    """Rows `{"step_in_epoch", "sample_indices"}`, with micro-steps also `micro_step`.

    The group flat is one row `{"start_step", "stop_step", "sample_indices"}`.
    """
    if group is Group.FLAT:
        head = f'{{"start_step":{selection.start_step},"stop_step":{selection.stop_step}'
        yield from _long_row(selection, head, 0, selection.members.count)
        return
    order = selection.order()
    together = affordable(order, selection.members.part(0, BLOCK_INDICES)).count
    for some in _chunks(rows_of(selection, group), together):
        if some[-1].stop - some[0].first > together:
            yield from _long_row(selection, _head(some[0], group), some[0].first, some[0].stop)
        else:
            yield _short_rows(selection, some, group, order)


def _chunks(rows: Iterable[Row], together: int) -> Iterator[list[Row]]:
    """Rows in turn, as many at a time as have so many members together; at least one."""
    chunk: list[Row] = []
    for row in rows:
        if chunk and row.stop - chunk[0].first > together:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def _short_rows(selection: Selection, rows: list[Row], group: Group, order: Order) -> bytes:
    first = rows[0].first
    indices = filled(order, selection.members.part(first, rows[-1].stop))
    return b"".join(
        b'%b,"sample_indices":[%b]}\n'
        % (_head(row, group).encode(), _joined(indices[row.first - first : row.stop - first]))
        for row in rows
    )


def _long_row(selection: Selection, head: str, first: int, stop: int) -> Iterator[bytes]:
    """One row in pieces, for lists that are longer than a block."""
    comma = b""
    yield f'{head},"sample_indices":['.encode()
    for block in index_blocks(selection, first=first, stop=stop):
        yield comma + _joined(block)
        comma = b","
    yield b"]}\n"


def _head(row: Row, group: Group) -> str:
    step = f'{{"step_in_epoch":{row.step_in_epoch}'
    return f'{step},"micro_step":{row.micro_step}' if group is Group.MICRO_STEP else step


def _joined(indices: Indices) -> bytes:
    return orjson.dumps(indices, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]

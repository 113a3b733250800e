"""Reads the indices back out of the bytes of a manifest, in every format."""

import csv
import json
from collections.abc import Callable, Mapping
from io import BytesIO, StringIO

import nanoarrow as na
import numpy as np
from nanoarrow.ipc import InputStream

from app.manifest.encodings import FILES, STREAMS
from app.manifest.index_type import IndexType
from app.manifest.rows import Group
from app.manifest.selection import Selection

Columns = dict[str, list[int]]


def written(selection: Selection, name: str, index_type: IndexType = IndexType.INT64) -> bytes:
    """The whole manifest in a format other than JSON pages."""
    if name in FILES:
        file = FILES[name](selection, index_type)
        return b"".join(file.blocks(0, file.size, block_bytes=2**18))
    return b"".join(STREAMS[name](selection, Group.STEP, index_type))


def indices_of(selection: Selection) -> list[int]:
    """The indices of a selection, asked of the order position by position."""
    order = selection.order()
    listed: list[int] = []
    for position in selection.members.positions():
        out = np.empty(1, np.int64)
        order.fill(out, start=position)
        listed.append(int(out[0]))
    return listed


def steps_of(selection: Selection) -> list[int]:
    """The step of every position of a selection, found by going through the steps of its epoch."""
    grid = selection.grid
    taking = [step for step in range(grid.steps) for _ in range(grid.samples_in(step))]
    return [taking[position] for position in selection.members.positions()]


def ndjson_rows(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.splitlines()]


def csv_columns(content: bytes) -> Columns:
    names, *rows = csv.reader(StringIO(content.decode()))
    return {name: [int(row[place]) for row in rows] for place, name in enumerate(names)}


def arrow_columns(content: bytes) -> Columns:
    with InputStream.from_readable(BytesIO(content)) as stream:
        table = na.Array(stream)
    names = [field.name for field in table.schema.fields]
    return {name: table.child(place).to_pylist() for place, name in enumerate(names)}


def _raw(content: bytes, index_type: IndexType) -> list[int]:
    listed: list[int] = np.frombuffer(content, index_type.numpy_type).tolist()
    return listed


def _npy(content: bytes, _: IndexType) -> list[int]:
    listed: list[int] = np.load(BytesIO(content), allow_pickle=False).tolist()
    return listed


def _ndjson(content: bytes, _: IndexType) -> list[int]:
    return [index for row in ndjson_rows(content) for index in _listed(row["sample_indices"])]


def _listed(value: object) -> list[int]:
    assert isinstance(value, list)
    return value


READERS: Mapping[str, Callable[[bytes, IndexType], list[int]]] = {
    "raw": _raw,
    "npy": _npy,
    "ndjson": _ndjson,
    "csv": lambda content, _: csv_columns(content)["sample_index"],
    "arrow": lambda content, _: arrow_columns(content)["sample_index"],
}

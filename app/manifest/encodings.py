"""The formats of a manifest: one row each, with its media type and what may be asked of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.manifest.arrow_stream import arrow_blocks
from app.manifest.csv_lines import csv_blocks
from app.manifest.index_type import IndexType
from app.manifest.ndjson import ndjson_blocks
from app.manifest.rows import Group
from app.manifest.selection import Selection
from app.manifest.virtual_file import VirtualFile, npy_file, raw_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A format of a manifest.

    Attributes:
        name: Value of the parameter `format`.
        media_type: Media type without parameters.
        groups: Whether it lists indices in groups.
        typed: Whether the integer type can be chosen.
    """

    name: str
    media_type: str
    groups: bool = False
    typed: bool = False


ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {
        encoding.name: encoding
        for encoding in (
            Encoding(name="json", media_type="application/json", groups=True),
            Encoding(name="ndjson", media_type="application/x-ndjson", groups=True),
            Encoding(name="csv", media_type="text/csv"),
            Encoding(name="raw", media_type="application/octet-stream", typed=True),
            Encoding(name="npy", media_type="application/octet-stream", typed=True),
            Encoding(name="arrow", media_type="application/vnd.apache.arrow.stream", typed=True),
        )
    }
)
"""Format -> encoding; the first of a media type is the one that negotiation means."""

FILES: Mapping[str, Callable[[Selection, IndexType], VirtualFile]] = MappingProxyType(
    {"raw": raw_file, "npy": npy_file}
)
"""Formats of known size with random access."""

STREAMS: Mapping[str, Callable[[Selection, Group, IndexType], Iterator[bytes]]] = MappingProxyType(
    {
        "ndjson": lambda selection, group, _: ndjson_blocks(selection, group),
        "csv": lambda selection, _, __: csv_blocks(selection),
        "arrow": lambda selection, _, index_type: arrow_blocks(selection, index_type),
    }
)
"""Formats that are written from front to back."""

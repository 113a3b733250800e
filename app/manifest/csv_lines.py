"""Manifest as CSV with the columns step_in_epoch, position, sample_index."""

from collections.abc import Iterator

import numpy as np

from app.manifest.blocks import index_blocks, listed_positions, listed_steps
from app.manifest.selection import Selection


def csv_blocks(selection: Selection) -> Iterator[bytes]:
    """A header, then a line per sample, with `position` counted within the epoch."""
    yield b"step_in_epoch,position,sample_index\n"
    members, grid = selection.members, selection.grid
    first = 0
    for block in index_blocks(selection):
        part = members.part(first, first + len(block))
        positions = listed_positions(part)
        rows = np.stack([listed_steps(grid, positions), positions, block], axis=1)
        yield (b"%d,%d,%d\n" * part.count) % tuple(rows.ravel().tolist())
        first += part.count

"""Ranks and their micro-batches: of an arrangement of the package, or of what loaders yield."""

import hashlib
from typing import Any

import numpy as np

Lists = list[list[int]]


def layout(options: dict[str, Any], ranks: int) -> tuple[int, int]:
    """Nodes and ranks of each, one of which may be left out."""
    each = options.get("ranks_per_node")
    nodes = options.get("num_physical_nodes") or (ranks // each if each else 1)
    if nodes * (each or ranks // nodes) != ranks:
        raise ValueError(f"{ranks} ranks do not fill {nodes} nodes of {each}")
    return nodes, ranks // nodes


def turns(work: Any) -> Any:
    """Micro-batches of every rank in turn: batch k is that of worker k % workers.

    An arrangement has nodes, ranks of each, workers of each, batches of each, and places.
    """
    nodes, ranks, _, _, places = work.shape
    return work.transpose(0, 1, 3, 2, 4).reshape(nodes * ranks, -1, places)


def without_short_batches(batches: Any) -> Any:
    """The same, with -1 throughout a micro-batch that is not full."""
    return np.where((batches == -1).any(2, keepdims=True), -1, batches)


def of_turns(batches: Any) -> list[Lists]:
    """Lists of all ranks, as far as any of them has a sample."""
    lists: list[Lists] = batches[:, (batches != -1).any((0, 2))].tolist()
    return lists


def without_blanks(batches: Any) -> list[Lists]:
    """What is left for the loaders of all ranks to yield."""
    lists = [[_filled(batch) for batch in rank] for rank in batches.tolist()]
    return [[batch for batch in rank if batch] for rank in lists]


def _filled(batch: list[int]) -> list[int]:
    return [sample for sample in batch if sample != -1] if -1 in batch else batch


def blanks(ranks: list[Lists]) -> int:
    """Places of all ranks that hold -1."""
    return sum(batch.count(-1) for rank in ranks for batch in rank)


def level(ranks: list[Lists]) -> list[Lists]:
    """The lists of all ranks, with -1 for what some yield less than others in the end."""
    rows = max(1, *map(len, ranks))
    filled = [rank + [[]] * (rows - len(rank)) for rank in ranks]
    longest = max(len(rank[-1]) for rank in filled)
    return [[*rank[:-1], rank[-1] + [-1] * (longest - len(rank[-1]))] for rank in filled]


def digest(micro_batches: Lists) -> dict[str, Any]:
    flat = np.array([index for batch in micro_batches for index in batch], dtype="<i8")
    digest = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": digest, "count": len(flat), "micro_batches": len(micro_batches)}

"""Files that mosaicml-streaming reads, and the shared memory that it leaves behind.

Imported before the package: the operators of a torchvision that was built for CUDA do not load
beside a torch for the CPU, and the package only needs its Python part.
"""

import atexit
import itertools
import json
import logging
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import torch

# the folder of this file holds modules with the names of packages; it is done with
sys.path[:] = [folder for folder in sys.path if not folder.endswith("conformance/peers")]

_OPERATORS = torch.library.Library("torchvision", "FRAGMENT")
try:
    torch.ops.load_library(str(distribution("torchvision").locate_file("torchvision/_C.so")))
except OSError:
    for _name in ("nms", "qnms"):
        _OPERATORS.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from streaming import MDSWriter  # noqa: E402 - it imports torchvision

logging.getLogger("streaming").setLevel(logging.ERROR)  # it tells what it rounds

_SHARD = {
    "column_encodings": ["int"],
    "column_names": ["index"],
    "column_sizes": [8],
    "compression": None,
    "format": "mds",
    "hashes": [],
    "raw_data": {"basename": "absent.mds", "bytes": 1, "hashes": {}},
    "size_limit": None,
    "version": 2,
    "zip_data": None,
}


def shard_sizes(spec: dict[str, Any]) -> list[int]:
    """Samples of every shard of a case."""
    options, size = spec["framework"], spec["dataset_size"]
    each = options.get("samples_per_shard") or size
    cut = [min(each, size - start) for start in range(0, size, each)]
    return options.get("shard_sizes") or cut


def write_index(folder: Path, sizes: list[int]) -> None:
    """What MDSWriter would write of shards whose samples nobody is going to read."""
    shards = [_SHARD | {"samples": size} for size in sizes]
    (folder / "index.json").write_text(json.dumps({"version": 2, "shards": shards}))


def write_shards(folder: Path, sizes: list[int]) -> None:
    """Shards whose samples are their own numbers."""
    writer = MDSWriter(out=str(folder), columns={"index": "int"}, size_limit=None)
    indices = itertools.count()
    for size in sizes:
        for index in itertools.islice(indices, size):
            writer.write({"index": index})
        writer.flush_shard()
        writer._reset_cache()
    writer.finish()


def release(dataset: Any) -> None:
    """Give back its shared memory now, rather than at the end of the process."""
    held = vars(dataset)
    blocks = [held.pop(name) for name in ("_locals_shm", "_resume_shm") if name in held]
    arrays = [dataset._next_epoch.arr, dataset._cache_usage.arr, dataset._shared_barrier._arr]
    blocks += [each.shm for each in (*arrays, dataset._shard_states, dataset._shard_access_times)]
    for block in blocks:
        atexit.unregister(block.cleanup)
        block.cleanup()

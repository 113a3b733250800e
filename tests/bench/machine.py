"""Describes the machine and the versions that numbers belong to."""

import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from tests.bench.peer import ENVIRONMENTS

OURS = ("numpy", "numba", "llvmlite", "fastapi", "starlette", "uvicorn", "uvloop", "orjson")
PEERS = {"torch": "torch", "streaming": "mosaicml-streaming", "grain": "grain"} | {
    "megatron": "megatron-core"
}
VECTOR_FLAG = re.compile("avx|sse4|neon|asimd|sve")


def machine() -> dict[str, Any]:
    """The processor, the memory, the system, its load now, and versions of what is measured."""
    processor = _processor()
    return {
        "processor": processor.get("model name", platform.processor() or platform.machine()),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "vector_instructions": sorted(
            flag
            for flag in processor.get("flags", processor.get("Features", "")).split()
            if VECTOR_FLAG.search(flag)
        ),
        "load_average": round(os.getloadavg()[0], 2),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in OURS},
        "peers": {name: version for name in PEERS if (version := _peer_version(name))},
    }


def _processor() -> dict[str, str]:
    """Of the first processor; empty where the system does not tell."""
    source = Path("/proc/cpuinfo")
    if not source.exists():
        return {}
    lines = source.read_text("utf-8").split("\n\n", maxsplit=1)[0].splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _peer_version(environment: str) -> str:
    """Version of the package that a peer's environment is there for; empty without one."""
    folders = map(str, (ENVIRONMENTS / environment).glob("lib/python*/site-packages"))
    found = metadata.distributions(name=PEERS[environment], path=list(folders))
    return next((distribution.version for distribution in found), "")

"""Times zstd; runs under the Python of an environment that has python-zstd."""

from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.peers.answering import answer_questions, timed

zstd: Any = import_module("zstd")  # published without types


def compress(path: str, level: int) -> dict[str, Any]:
    """One file with one thread; how long it takes, and the bytes that come out."""
    content = Path(path).read_bytes()
    size = len(zstd.compress(content, level, 1))
    return {**timed(lambda: zstd.compress(content, level, 1)), "bytes": size}


if __name__ == "__main__":
    answer_questions("zstd", zstd.ZSTD_version(), {"compress": compress})

"""Times torch.randperm: run with the python of an environment of torch, asked line by line.

A question is JSON: `{"dataset_size": ..., "seed": ..., "threads": ..., "digest": ...}`. The answer
holds the seconds of one call into a tensor that lies ready, on the clock and of the processor, and
with `digest` the SHA-256 of the permutation as little-endian int64.
"""

import hashlib
import json
import platform
import sys
import time
from typing import Any

import torch

DEFAULT_THREADS = torch.get_num_threads()


def answer(question: dict[str, Any], out: torch.Tensor) -> dict[str, Any]:
    """One call of torch.randperm, timed."""
    torch.set_num_threads(question["threads"] or DEFAULT_THREADS)
    generator = torch.Generator().manual_seed(question["seed"])
    start, processor_start = time.perf_counter(), time.process_time()
    torch.randperm(question["dataset_size"], generator=generator, out=out)
    seconds = [time.perf_counter() - start, time.process_time() - processor_start]
    digest = hashlib.sha256(memoryview(out.numpy())).hexdigest() if question["digest"] else None
    return {"seconds": seconds, "sha256": digest}


def main() -> None:
    """Answer until there are no more questions."""
    started = {
        "package": "torch",
        "version": torch.__version__,
        "python": platform.python_version(),
    }
    print(json.dumps(started), flush=True)
    out = torch.empty(0, dtype=torch.int64)
    for line in sys.stdin:
        question = json.loads(line)
        if out.numel() != question["dataset_size"]:
            out = torch.empty(question["dataset_size"], dtype=torch.int64)
        print(json.dumps(answer(question, out)), flush=True)


if __name__ == "__main__":
    main()

"""How every peer answers: says what it is, then runs the task that a line of JSON names."""

import json
import platform
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Task = Callable[..., dict[str, Any]]


def answer_questions(package: str, version: str, tasks: Mapping[str, Task]) -> None:
    """Answer until there are no more questions; a question is a task and its arguments."""
    about = {"package": package, "version": version, "python": platform.python_version()}
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(tasks[question.pop("task")](**question)), flush=True)


def timed(work: Callable[[], object], *, goes: int = 1) -> dict[str, Any]:
    """Mean seconds of so many goes in a row, on the clock and of the processor.

    Of several goes the first is not counted: it finds the caches full of what the other side left.
    """
    if goes > 1:
        work()
    counted = max(1, goes - 1)
    start, processor_start = time.perf_counter(), time.process_time()
    for _ in range(counted):
        work()
    processor_seconds = (time.process_time() - processor_start) / counted
    seconds = (time.perf_counter() - start) / counted
    return {"seconds": seconds, "processor_seconds": processor_seconds}

"""The measures, by name, in the order in which they run.

A measure is a module with `measure(mode)`, which yields rows. It is imported in a process of its
own, so that no measure warms up, fills or traces the memory of another one.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from tests.bench.mode import Mode
from tests.bench.result import Result

Measure = Callable[[Mode], Iterator[Result]]

NAMES = (
    "full_epoch",
    "framework_orders",
    "write_speed",
    "slices",
    "draws",
    "torch_permutation",
    "json_encoding",
    "loader",
    "threads",
    "static_stream",
    "plan_latency",
    "small_requests",
    "departure",
    "stream_memory",
    "warm_start",
    "command_start",
    "compression",
)


def _lazy(name: str) -> Measure:
    def measure(mode: Mode) -> Iterator[Result]:
        rows: Iterator[Result] = import_module(f"{__name__}.{name}").measure(mode)
        return rows

    return measure


MEASURES: Mapping[str, Measure] = {name: _lazy(name) for name in NAMES}

"""Tests the native order: statistics of it, of NumPy's orders and of weak ones, in one table.

    python -m tests.quality [--quick] [--only small large ...]

Ends with 1 if the native order or NumPy's is rejected, or if a test finds nothing wrong with any
of the weak variants. What is tested, and how, is in docs/order-quality.md.
"""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from tests.quality.control import ControlSource
from tests.quality.effort import Effort
from tests.quality.family import Row, rows
from tests.quality.native import NativeSource
from tests.quality.outcome import level
from tests.quality.registry import FAMILIES, all_tests
from tests.quality.report import HEAD, document, line, summary, write

RESULTS = Path(__file__).parents[2] / "bench" / "order-quality.json"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the orders")
    parser.add_argument("--only", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the JSON goes")
    given = parser.parse_args()
    effort = Effort.QUICK if given.quick else Effort.FULL
    start, each_level = time.perf_counter(), level(all_tests())
    print(HEAD, flush=True)
    found = tested(given.only, effort, each_level)
    faults = [fault for row in found for fault in row.faults(each_level)]
    seconds = time.perf_counter() - start
    write(given.results, document(found, level=each_level, effort=effort, seconds=seconds))
    print(*summary(found, each_level), f"{seconds:.0f} s", sep="\n")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def tested(names: list[str], effort: Effort, each_level: float) -> list[Row]:
    """The rows of the chosen families, printed as they come."""
    found = []
    native, control = NativeSource(), ControlSource()
    for name in names:
        for family in FAMILIES[name](effort):
            for row in rows(family, native, control, level=each_level):
                print(line(row), flush=True)
                found.append(row)
    return found


if __name__ == "__main__":
    sys.exit(main())

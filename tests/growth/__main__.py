"""Measures how costs grow, and writes what was found as JSON.

    python -m tests.growth --quick
    python -m tests.growth

Write it into the pages with `python -m tests.golden.record_performance`.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.sampling.warm_up import warm_up
from tests.bench.machine import machine
from tests.bench.mode import Mode
from tests.growth.orders import orders
from tests.growth.series import Series
from tests.growth.streams import streams
from tests.running import ROOT

RESULTS = ROOT / "bench" / "growth.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a minute; proves little")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="PATH")
    given = parser.parse_args()
    mode = Mode.QUICK if given.quick else Mode.FULL
    warm_up()
    found = [*orders(mode), streams(mode)]
    for series in found:
        _tell(series)
    content = {
        "mode": mode.value,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "series": [series.document() for series in found],
    }
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"\nwritten to {given.results}\n")


def _tell(series: Series) -> None:
    sys.stdout.write(f"\n{series.title}\n")
    for point in series.points:
        measured = f"{point.measured.median:.3g} {series.unit}"
        sys.stdout.write(f"  {point.at:>20,}  {measured:>16}  {point.peak_bytes:>12,} bytes\n")


if __name__ == "__main__":
    main()

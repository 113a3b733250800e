"""Measures what more workers, replicas and clients do, and writes what was found as JSON.

    python -m tests.scale --quick
    python -m tests.scale

Replicas need a Docker engine with compose; without one they are left out, and that is said.
Write it into the pages with `python -m tests.golden.record_performance`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.machine import machine
from tests.bench.mode import Mode
from tests.container.hardened import run_with_errors
from tests.running import ROOT
from tests.scale.load import RANKS, SAMPLES_PER_RANK
from tests.scale.rows import Row
from tests.scale.sizes import by_clients, by_replicas, by_workers

RESULTS = ROOT / "bench" / "scale.json"
MEASURES: dict[str, Callable[[Mode], Iterator[Row]]] = {
    "workers": by_workers,
    "clients": by_clients,
    "replicas": by_replicas,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="two minutes; proves little")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="PATH")
    given = parser.parse_args()
    mode = Mode.QUICK if given.quick else Mode.FULL
    rows = [row for name in given.only if _can_be(name) for row in _told(MEASURES[name](mode))]
    content = {
        "mode": mode.value,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "ranks": RANKS,
        "samples_per_rank": SAMPLES_PER_RANK,
        "rows": [row.document() for row in rows],
    }
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"\nwritten to {given.results}\n")


def _can_be(name: str) -> bool:
    if name != "replicas" or run_with_errors("docker", "compose", "version").returncode == 0:
        return True
    sys.stdout.write("replicas: left out, docker has no compose here\n")
    return False


def _told(rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        p99 = "" if row.p99_ms is None else f", p99 {row.p99_ms.median:.1f} ms"
        unit = "MB/s" if row.asked == "stream" else f"{row.asked}/s"
        told = f"{row.count:>4} {row.varied:<9} {row.rate.median:>8,.0f} {unit}{p99}\n"
        sys.stdout.write(told)
        sys.stdout.flush()
        yield row


if __name__ == "__main__":
    main()

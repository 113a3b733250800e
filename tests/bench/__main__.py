"""Measures what is claimed, prints a table, and writes what was found as JSON.

    python -m tests.bench --quick
    python -m tests.bench --only full_epoch slices

A full run ends with code 1 where a bar is missed. Peers live in environments of their own; the row
of one that is missing says how to make it.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.isolated import isolated
from tests.bench.machine import machine
from tests.bench.measures import MEASURES
from tests.bench.mode import Mode
from tests.bench.peer import ROOT
from tests.bench.report import document, exit_code, table
from tests.bench.result import Bar, Result

RESULTS = ROOT / "bench" / "results.json"


def main() -> int:
    given = _arguments()
    mode = Mode.QUICK if given.quick else Mode.FULL
    before = machine()
    start = time.monotonic()
    rows = _measured(given.only or list(MEASURES), mode)
    if not given.only:
        rows["run"] = [_whole_run(mode, time.monotonic() - start)]
    print(table(rows))
    print(f"\n{mode.value} run; load average before it: {before['load_average']}")
    if path := given.results or (None if given.only else RESULTS):
        date = datetime.now(UTC).isoformat(timespec="seconds")
        _write(document(rows, mode=mode, machine=before, date=date, commit=_commit()), path)
        print(f"written to {path}")
    return exit_code(rows, mode)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="minutes; proves little")
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help="some measures")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="PATH",
        help="where to write; by default bench/results.json, and nothing with --only",
    )
    return parser.parse_args()


def _measured(names: list[str], mode: Mode) -> dict[str, list[Result]]:
    rows: dict[str, list[Result]] = {}
    for name in names:
        start = time.monotonic()
        rows[name] = isolated(name, mode)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return rows


def _whole_run(mode: Mode, seconds: float) -> Result:
    """Measurements that take too long are not repeated by anyone."""
    return Result(
        name=f"the whole {mode.value} run",
        value=seconds / 60,
        unit="min",
        bar=Bar(limit=mode.minutes, at_least=False),
    )


def _write(content: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", "utf-8")


def _commit() -> str:
    """The commit that is measured, marked when something is changed; empty outside a repository."""
    git = shutil.which("git")
    if not git:
        return ""
    command = [git, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

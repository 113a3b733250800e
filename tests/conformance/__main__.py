"""Compares plans with the real frameworks, case by case, and prints a table.

    python -m tests.conformance pytorch grain --count 1000

Needs the environments of the frameworks; `make conformance` builds them.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.arithmetic.options import frozen_value
from app.frameworks.option import Choice, Flag, Option
from app.frameworks.registry import FRAMEWORKS
from tests.conformance.drawing import Drawing
from tests.conformance.peer import Peer
from tests.conformance.peers_table import PEERS, PeerVersion
from tests.frameworks.answering import mismatches, our_answer

Case = dict[str, Any]
SHOWN_MISMATCHES = 5


@dataclass
class Tally:
    """What was compared with one version of a framework."""

    configurations: int = 0
    refused: int = 0
    mismatches: list[str] = field(default_factory=list)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, case: Case, answer: dict[str, Any], found: list[str]) -> None:
        self.configurations += 1
        self.refused += "refused" in answer
        self.mismatches += [f"{json.dumps(case)}: {mismatch}" for mismatch in found]
        for name, value in case["spec"]["framework"].items():
            self.values[name, json.dumps(value)] += 1
        self.values["sampling.method", case["spec"].get("sampling", {}).get("method", "")] += 1


def cases_of(version: PeerVersion, count: int, *, huge: bool) -> Iterator[Case]:
    """Random cases, the large ones, and on demand those that take minutes."""
    drawing = Drawing(version.module, version.version, f"{version.module} {version.version}")
    yield from (drawing.case() for _ in range(count))
    yield from drawing.large()
    if huge:
        yield from drawing.huge()


def compared(version: PeerVersion, count: int, *, huge: bool) -> Tally:
    """The tally of one version of a framework."""
    tally, start = Tally(), time.perf_counter()
    with Peer(version.module, str(version.python)) as peer:
        if peer.about["version"] != version.version:
            tally.mismatches.append(f"{version.python} has version {peer.about['version']}")
        for case in cases_of(version, count, huge=huge):
            answer = peer.answer(case)
            tally.add(case, answer, mismatches(our_answer(case), answer))
    tally.seconds = time.perf_counter() - start
    return tally


def unvisited(version: PeerVersion, tally: Tally) -> list[str]:
    """Values of options that no case had."""
    framework = FRAMEWORKS[version.framework][version.version]
    return [
        f"{option.name}={value}"
        for option in framework.options
        for value in _values(option)
        if not tally.values[option.name, json.dumps(value)]
        and not (frozen_value(value) == option.default and _left_out(option, tally))
    ]


def _values(option: Option) -> tuple[object, ...]:
    match option:
        case Flag():
            return (False, True)
        case Choice():
            return option.choices
        case _:
            return ()


def _left_out(option: Option, tally: Tally) -> bool:
    """Whether some case left an option out, which means its default."""
    given = sum(count for (name, _), count in tally.values.items() if name == option.name)
    return given < tally.configurations


def row(version: PeerVersion, tally: Tally) -> str:
    options = {option.name for option in FRAMEWORKS[version.framework][version.version].options}
    drawn = {name for name, _ in tally.values}
    values = sum(name in options for name, _ in tally.values)
    cells = (
        version.framework,
        version.version,
        f"{len(options & drawn)} of {len(options)}, {values:,} values",
        f"{tally.configurations:,}",
        f"{tally.refused:,}",
        f"{len(tally.mismatches):,}",
        f"{tally.seconds:.0f} s",
    )
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules to compare; all of them by default")
    parser.add_argument("--count", type=int, default=1_000, help="random cases per version")
    parser.add_argument("--huge", action="store_true", help="also cases that take minutes")
    given = parser.parse_args()
    known = sorted({peer.module for peer in PEERS})
    if strangers := [module for module in given.modules if module not in known]:
        parser.error(f"there is no module {', '.join(strangers)}; there are {', '.join(known)}")
    versions = [peer for peer in PEERS if not given.modules or peer.module in given.modules]
    if absent := [peer.absent for peer in versions if peer.absent]:
        print(f"missing: {'; '.join(absent)}", file=sys.stderr)
        return 2
    print(
        "| framework | version | options | configurations | refused by both | mismatches | time |"
    )
    print("|---|---|---|---:|---:|---:|---:|", flush=True)
    faults = []
    for version in versions:
        tally = compared(version, given.count, huge=given.huge)
        print(row(version, tally), flush=True)
        faults += tally.mismatches[:SHOWN_MISMATCHES]
        faults += [f"{version.framework}: no case has {each}" for each in unvisited(version, tally)]
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

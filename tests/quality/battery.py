"""Dieharder's tests of words made of the orders; needs `dieharder` 3.31 on the PATH.

    python -m tests.quality.battery [native rounds-2 ...]

Not all of its tests: those it calls good, less the ones that need gigabytes. What is read is
`python -m tests.quality.stream`. Ends with 1 if the native order or NumPy's fails one of them.
"""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tests.quality.stream import SOURCES

# birthdays, 32x32 rank, count the ones (2), parking lot, minimum distance, 3d sphere, squeeze,
# runs, craps, monobit, runs, bytes, DCT, fill tree, monobit 2
TESTS: Final = (0, 2, 8, 9, 10, 11, 12, 13, 15, 16, 100, 101, 205, 206, 208, 209)
SOUND: Final = {"native", "numpy"}
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A line of Dieharder.

    Attributes:
        test: Its name, with its parameter if that is not 0.
        p: Of the Kolmogorov-Smirnov test of all its p-values.
        verdict: PASSED, WEAK (p outside 0.005 .. 0.995) or FAILED (outside 1e-6 .. 1 - 1e-6).
    """

    test: str
    p: float
    verdict: str

    @classmethod
    def parsed(cls, line: str) -> Self:
        """Of its columns.

        >>> Assessment.parsed("  sts_runs|   2|    100000|     100|0.52141|  PASSED  ")
        Assessment(test='sts_runs 2', p=0.52141, verdict='PASSED')
        """
        name, parameter, _, _, p, verdict = (column.strip() for column in line.split("|"))
        return cls(f"{name} {parameter}".removesuffix(" 0"), float(p), verdict)


def assessments(source: str) -> Iterator[Assessment]:
    """Of all the tests, one after another on one stream."""
    command = [sys.executable, "-m", "tests.quality.stream", source]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as stream:
        for number in TESTS:
            told = subprocess.run(
                # -g 200: words from standard input; -k 2 -Y 1: exact, and again while it is weak
                ["dieharder", "-g", "200", "-d", str(number), "-k", "2", "-Y", "1"],
                stdin=stream.stdout,
                capture_output=True,
                check=True,
                text=True,
            )
            lines = told.stdout.splitlines()
            yield from (Assessment.parsed(line) for line in lines if line.count("|") == 5)
        stream.terminate()


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", default=["native"], metavar="source")
    given = parser.parse_args()
    failed = set()
    for source in given.sources:
        if source not in SOURCES:
            parser.error(f"{source} is none of {', '.join(SOURCES)}")
        for each in assessments(source):
            print(f"| {source} | {each.test} | {each.p:.3g} | {each.verdict} |", flush=True)
            failed |= {source} if each.verdict == "FAILED" else set()
    return 1 if failed & SOUND else 0


if __name__ == "__main__":
    sys.exit(main())

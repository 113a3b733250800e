"""Seconds that `epochplan plan` takes as a process of its own, the service within it.

Ours: the whole command, from the start of Python to its end, for a spec in a file; as a table for
people and as JSON. Theirs: Python loading FastAPI and no more, which says how fast the machine is.
What was compiled to bytecode is on disk.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.interleaved import Side, interleaved
from tests.bench.mode import Mode
from tests.bench.peer import ROOT
from tests.bench.result import Bar, Result, Spread

BAR: Final = Bar(limit=1, at_least=False)
SPEC: Final = "dataset_size: 20000\nglobal_batch_size: 100\nepochs: 10\n"
PEER: Final = "import fastapi"


def measure(mode: Mode) -> Iterator[Result]:
    with TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.yaml"
        spec.write_text(SPEC, encoding="utf-8")
        for form in ("text", "json"):
            yield _row(form, _process("-m", "app.cli", "plan", str(spec), "--format", form), mode)


def _row(form: str, command: Side, mode: Mode) -> Result:
    ours, theirs = interleaved([command, _process("-c", PEER)], mode.repetitions(full=15, quick=1))
    spread = Spread.of(ours)
    return Result(
        name=f"epochplan plan --format {form}",
        value=spread.median,
        unit="s",
        bar=BAR,
        ours=spread,
        theirs=Spread.of(theirs),
        sides_unit="s",
        peer=PEER,
    )


def _process(*words: str) -> Side:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONDONTWRITEBYTECODE", "EPOCHPLAN_URL"}
    }

    def run() -> float:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        return time.perf_counter() - start

    return run

"""The rows as a table to read and as a document to keep."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from app.sampling.backend import backend_name
from tests.quality.effort import Effort
from tests.quality.family import Row
from tests.quality.outcome import ALPHA, Outcome
from tests.quality.two_samples import uniform

HEAD = (
    "| sample | test | native | p | numpy | p | weak: first that is rejected | p |\n"
    "|---|---|---:|---:|---:|---:|---|---:|"
)


def line(row: Row) -> str:
    """A line of the table."""
    cells = (
        row.family,
        f"{row.test} ({row.native.detail})",
        *_shown(row.native),
        *_shown(row.control),
        f"{row.weak_name}: {row.weak.statistic:.5g}",
        _probability(row.weak.p),
    )
    return f"| {' | '.join(cells)} |"


def _shown(outcome: Outcome) -> tuple[str, str]:
    return f"{outcome.statistic:.6g}", _probability(outcome.p)


def _probability(p: float) -> str:
    """A probability, with the smallest ones cut off: no test is exact out there."""
    if p < 1e-50:
        return "< 1e-50"
    return f"{p:.3f}" if p >= 1e-3 else f"{p:.1e}"


def summary(rows: list[Row], level: float) -> list[str]:
    """What all the rows say together."""
    lines = []
    for name in ("native", "control"):
        ps = np.array([getattr(row, name).p for row in rows])
        lines.append(
            f"{name}: {np.count_nonzero(ps < level)} of {ps.size} tests reject, "
            f"the smallest p is {ps.min():.2g}, {np.count_nonzero(ps < 0.05)} are below 0.05 "
            f"({ps.size * 0.05:.1f} expected); p against uniform: {uniform(ps).p:.2f}"
        )
    rejected = sum(row.weak.p < level for row in rows)
    lines.append(f"weak: {rejected} of {len(rows)} tests reject")
    return lines


def document(rows: Iterable[Row], *, level: float, effort: Effort, seconds: float) -> Any:
    """Everything, with the machine and the versions."""
    return {
        "algorithm": "epochplan-1",
        "effort": effort.name.lower(),
        "family_wise_alpha": ALPHA,
        "level_of_a_test": level,
        "seconds": round(seconds, 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "kernels": backend_name(),
        "rows": [asdict(row) for row in rows],
    }


def write(path: Path, content: Any) -> None:
    """Write a document, for people as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

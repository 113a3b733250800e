"""What is told of the rows: a table for people, a document for programs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tests.bench.mode import Mode
from tests.bench.result import Bar, Result, Spread

Rows = Mapping[str, Sequence[Result]]

HEAD = ("what", "value", "bar", "", "ours", "theirs")
BECOMES_WHOLE = 100


def table(rows: Rows) -> str:
    """Aligned columns, a block for every measure; peers and notes stand below their rows."""
    cells = [HEAD, *(_cells(result) for results in rows.values() for result in results)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    blocks = [_line(HEAD, widths)]
    for measure, results in rows.items():
        blocks.append("\n".join([f"-- {measure}", *_lines(results, widths)]))
    return "\n\n".join(blocks)


def document(
    rows: Rows, *, mode: Mode, machine: Mapping[str, Any], date: str, commit: str
) -> dict[str, Any]:
    """Everything that was measured, and where, for JSON."""
    return {
        "mode": mode.value,
        "date": date,
        "commit": commit or None,
        "machine": machine,
        "measures": {
            name: [_plain(result) for result in results] for name, results in rows.items()
        },
    }


def exit_code(rows: Rows, mode: Mode) -> int:
    """1 where a full run falls short of a bar, or could not measure something; else 0."""
    short = any(result.verdict == "short" for results in rows.values() for result in results)
    return int(mode.is_full and short)


def _lines(results: Sequence[Result], widths: Sequence[int]) -> Iterator[str]:
    for result in results:
        yield _line(_cells(result), widths)
        if remarks := "; ".join(
            filter(None, (result.peer and f"against {result.peer}", result.note))
        ):
            yield f"    {remarks}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        "not measured" if result.missing else f"{_number(result.value)} {result.unit}".rstrip(),
        _bar(result.bar),
        result.verdict,
        _spread(result.ours, result.sides_unit),
        _spread(result.theirs, result.sides_unit),
    )


def _bar(bar: Bar | None) -> str:
    if bar is None:
        return ""
    aim = "" if bar.aim is None else f" (aim {_number(bar.aim)})"
    return f"{'>=' if bar.at_least else '<='} {_number(bar.limit)}{aim}"


def _spread(spread: Spread | None, unit: str) -> str:
    if spread is None:
        return ""
    quartiles = f"{_number(spread.low)} .. {_number(spread.high)}"
    return f"{_number(spread.median)} {unit} [{quartiles}] x{spread.repetitions}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= BECOMES_WHOLE else f"{value:.3g}"


def _plain(result: Result) -> dict[str, Any]:
    value = None if math.isnan(result.value) else result.value
    return asdict(result) | {"value": value, "verdict": result.verdict}

"""What was measured, as tables of the page about performance."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from tests.bench.result import Spread
from tests.growth.series import Series
from tests.scale.rows import Row

SECONDS = 10
UINT32_BYTES = 4
LARGEST = 2**63 - 1
COMPRESSION = "compression"
WORKER_SLICES = ("workers", "slices")


def machine_line(document: dict[str, Any]) -> str:
    """When, where and with what."""
    where = document["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in where["packages"].items())
    return (
        f"{document['mode'].capitalize()} run of {document['date']}: {where['processor']}, "
        f"{where['cores']} cores, {where['memory_gib']} GiB, {where['system']}, "
        f"Python {where['python']}, {packages}."
    )


def bars(document: dict[str, Any]) -> str:
    """Every row that was measured against a bar, and those that only inform."""
    head = "| what | value | bar | | here | there | against |\n|---|---:|---:|---|---|---|---|"
    measures = {name: rows for name, rows in document["measures"].items() if name != COMPRESSION}
    rows = (_bar_row(row) for rows in measures.values() for row in rows)
    return "\n\n".join([machine_line(document), "\n".join([head, *rows])])


def compression(document: dict[str, Any]) -> str:
    """How many times smaller what is sent becomes, by compressor, and how fast."""
    found = defaultdict[str, dict[str, str]](dict)
    for row in document["measures"][COMPRESSION]:
        what, compressor = row["name"].rsplit(", ", 1)
        speed = "" if row["ours"] is None else f" at {_number(row['ours']['median'])} MB/s"
        found[what][compressor] = f"{_number(row['value'])} x{speed}"
    return "\n\n".join(_compression_tables(found))


def _compression_tables(found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A table for all that the same compressors were tried on."""
    for compressors, group in groupby(found.items(), key=lambda item: [*item[1]]):
        head = f"| | {' | '.join(compressors)} |\n|---|{'---|' * len(compressors)}"
        yield "\n".join([head, *(f"| {what} | {' | '.join(x.values())} |" for what, x in group)])


def growth(document: dict[str, Any]) -> Iterator[tuple[Series, str]]:
    """Every series, and its section."""
    for each in document["series"]:
        series = Series.of(each)
        yield series, "\n\n".join(_growth_section(series))


def scale(document: dict[str, Any]) -> str:
    """A table for workers, one for replicas, one for clients."""
    rows = [Row.of(each) for each in document["rows"]]
    kinds = list(dict.fromkeys(row.varied for row in rows))
    tables = [_scale_table([row for row in rows if row.varied == kind]) for kind in kinds]
    return "\n\n".join([machine_line(document), *tables])


def job(document: dict[str, Any]) -> str:
    """What a job with one request per rank needs, out of what one worker answered."""
    rows = [Row.of(each) for each in document["rows"]]
    ranks, samples = document["ranks"], document["samples_per_rank"]
    slices = {row.count: row.rate for row in rows if (row.varied, row.asked) == WORKER_SLICES}
    rate = slices[1].median
    needed, body = ranks / SECONDS, samples * UINT32_BYTES
    asked = (
        f"{ranks:,} ranks, each once for its first {samples:,} samples as raw uint32: {body:,} "
        f"bytes an answer, {ranks * body / 1e6:,.0f} MB in all."
    )
    within = (
        f"{needed:,.0f} requests/s and {needed * body / 1e6:,.0f} MB/s, which is "
        f"{needed * body * 8 / 1e6:,.0f} Mbit/s of network."
    )
    measured = (
        f"one worker answers {_spread(slices[1])} such requests/s, while the load generator "
        "takes its part of the same machine."
    )
    extrapolated = (
        f"{needed:,.0f} / {rate:,.0f} = {needed / rate:.2f}, so "
        f"{_counted(math.ceil(needed / rate), 'worker')} with a core each; one alone would take "
        f"{ranks / rate:,.1f} s."
    )
    return "\n".join(
        [
            f"- Asked: {asked}",
            f"- Needed within {SECONDS} s: {within}",
            f"- Measured: {measured}",
            f"- Extrapolated: {extrapolated}",
        ]
    )


def _bar_row(row: dict[str, Any]) -> str:
    bar, unit = row["bar"], row["sides_unit"]
    limit = "" if bar is None else f"{'≥' if bar['at_least'] else '≤'} {_number(bar['limit'])}"
    value = "-" if row["value"] is None else f"{_number(row['value'])} {row['unit']}".rstrip()
    against = "; ".join(filter(None, (row["peer"], row["note"])))
    here, there = (_side(row[side], unit) for side in ("ours", "theirs"))
    cells = [row["name"], value, limit, row["verdict"], here, there, against]
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _side(spread: dict[str, Any] | None, unit: str) -> str:
    return "" if spread is None else f"{_spread(Spread(**spread))} {unit}".rstrip()


def _growth_section(series: Series) -> Iterator[str]:
    yield f"### {series.title}"
    yield f"![{series.title}]({series.name}.svg)"
    medians = [point.measured.median for point in series.points]
    first, last = series.points[0], series.points[-1]
    yield (
        f"{series.varied} from {_whole(first.at)} to {_whole(last.at)}: "
        f"{_number(medians[-1] / medians[0])} times the {'time' if series.unit == 's' else 'rate'}."
        f" Memory: {series.memory}."
    )
    head = f"| {series.varied} | {_measured_in(series.unit)} | quartiles | memory, kB |"
    yield "\n".join([head, "|---:|---:|---:|---:|", *_growth_rows(series)])


def _growth_rows(series: Series) -> Iterator[str]:
    factor = 1e3 if series.unit == "s" else 1.0
    for point in series.points:
        low, middle, high = (
            _number(value * factor)
            for value in (point.measured.low, point.measured.median, point.measured.high)
        )
        memory = _number(point.peak_bytes / 1e3)
        yield f"| {_whole(point.at)} | {middle} | {low} .. {high} | {memory} |"


def _measured_in(unit: str) -> str:
    return "ms" if unit == "s" else unit


def _scale_table(rows: Sequence[Row]) -> str:
    head = f"| {rows[0].varied} | asked | answered | p50, ms | p99, ms |\n|---:|---|---:|---:|---:|"
    return "\n".join([head, *(_scale_row(row) for row in rows)])


def _scale_row(row: Row) -> str:
    unit = "MB/s" if row.asked == "stream" else "per s"
    p50, p99 = ("" if each is None else _spread(each) for each in (row.p50_ms, row.p99_ms))
    return f"| {row.count} | {row.asked} | {_spread(row.rate)} {unit} | {p50} | {p99} |"


def _spread(spread: Spread) -> str:
    if spread.repetitions == 1:
        return _number(spread.median)
    return f"{_number(spread.median)} ({_number(spread.low)} .. {_number(spread.high)})"


def _whole(number: int) -> str:
    """Powers of ten as such from a million on."""
    if number == LARGEST:
        return "2^63 - 1"
    exponent = len(str(number)) - 1
    return f"10^{exponent}" if number == 10**exponent >= 10**6 else f"{number:,}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

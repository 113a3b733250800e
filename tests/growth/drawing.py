"""Draws how a cost grows: `python -m tests.growth.drawing`, for docs/performance.md.

Two panels on logarithmic scales for every series of bench/growth.json: time or rate, and memory.
"""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from tests.growth.series import Point, Series
from tests.running import ROOT

MEASURED: Final = ROOT / "bench" / "growth.json"
PAGES: Final = ROOT / "docs"


def draw(series: Series, file: Path) -> None:
    """Write the picture; its description tells from which numbers it was made."""
    figure, (left, right) = plt.subplots(
        ncols=2, figsize=(9, 3.2), layout="constrained", sharex=True
    )
    _draw_measured(left, series)
    _draw_memory(right, series)
    for axes in (left, right):
        _scale(axes, series)
    figure.suptitle(series.title)
    figure.savefig(file, metadata={"Date": None, "Description": series.digest})
    plt.close(figure)


def _draw_measured(axes: Axes, series: Series) -> None:
    medians = _values(series, lambda point: point.measured.median)
    low = _values(series, lambda point: point.measured.median - point.measured.low)
    high = _values(series, lambda point: point.measured.high - point.measured.median)
    axes.errorbar(_places(series), medians, yerr=[low, high], marker="o", markersize=4, capsize=2)
    axes.set_title("time, seconds" if series.unit == "s" else f"together, {series.unit}")


def _draw_memory(axes: Axes, series: Series) -> None:
    axes.plot(_places(series), _values(series, lambda point: max(1, point.peak_bytes)), marker="s")
    axes.set_title("memory, bytes")


def _scale(axes: Axes, series: Series) -> None:
    low, high = (math.log10(each) for each in axes.dataLim.intervaly)
    # whole decades, so that little noise does not fill the panel
    axes.set_ylim(10 ** math.floor(low), 10 ** max(math.ceil(high), math.floor(low) + 1))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(series.varied)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(alpha=0.4)


def _places(series: Series) -> Sequence[float]:
    """Where the points stand; nothing stands at 1 on a logarithmic scale."""
    return _values(series, lambda point: max(1, point.at))


def _values(series: Series, value_of: Callable[[Point], float]) -> Sequence[float]:
    return [float(value_of(point)) for point in series.points]


if __name__ == "__main__":
    plt.rcParams["svg.hashsalt"] = "growth"  # so that equal numbers give equal files
    for document in json.loads(MEASURED.read_text(encoding="utf-8"))["series"]:
        measured = Series.of(document)
        draw(measured, PAGES / f"{measured.name}.svg")

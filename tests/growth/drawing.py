"""Draws how a cost grows: two panels on logarithmic scales, time or rate and memory.

`python -m tests.golden.record_performance` draws all of them out of what was measured.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tests.growth.series import Series

Point = tuple[float, float]

_WIDTH, _HEIGHT = 340, 190
_LEFT, _TOP, _GAP = 74, 50, 100
_HEAD: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 300"
  font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">
<rect width="880" height="300" fill="#ffffff"/>
"""
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SECONDS: Final = {-9: "ns", -6: "µs", -3: "ms", 0: "s"}
_BYTES: Final = {0: "B", 3: "kB", 6: "MB", 9: "GB"}
_MOST_LABELS: Final = 7
_FIRST_POWER: Final = 1e4


class Panel(NamedTuple):
    """One diagram: a line through points, and the spread around each of them."""

    title: str
    x_label: str
    points: Sequence[Point]
    spreads: Sequence[Point]
    units: dict[int, str]


class Scale(NamedTuple):
    """Powers of ten from low to high that are spread evenly over pixels [start, stop]."""

    low: float
    high: float
    start: float
    stop: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, stop: float) -> "Scale":
        """Whole decades, at least one, with all of the values in them."""
        low = math.floor(math.log10(min(values)) + 1e-9)
        high = math.ceil(math.log10(max(values)) - 1e-9)
        return cls(low, max(high, low + 1), start, stop)

    @classmethod
    def between(cls, values: Sequence[float], start: float, stop: float) -> "Scale":
        """From the least to the largest value."""
        return cls(math.log10(min(values)), math.log10(max(values)), start, stop)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.stop - self.start), 1)

    def decades(self) -> range:
        """Whole powers that have room for a label."""
        low, high = math.ceil(self.low), math.floor(self.high)
        return range(low, high + 1, math.ceil(max(1, high - low) / _MOST_LABELS))


def picture(series: Series) -> str:
    """The drawing as SVG; a value of nothing stands at 1 on its logarithmic scale."""
    at = [float(max(1, point.at)) for point in series.points]
    measured = [point.measured for point in series.points]
    first = Panel(
        title="time" if series.unit == "s" else f"together, {series.unit}",
        x_label=series.varied,
        points=list(zip(at, (each.median for each in measured), strict=True)),
        spreads=[(each.low, each.high) for each in measured],
        units=_SECONDS if series.unit == "s" else {},
    )
    peaks = [float(max(1, point.peak_bytes)) for point in series.points]
    second = Panel(
        title="memory",
        x_label=series.varied,
        points=list(zip(at, peaks, strict=True)),
        spreads=[(peak, peak) for peak in peaks],
        units=_BYTES,
    )
    left = "\n".join(_panel(first, _LEFT))
    right = "\n".join(_panel(second, _LEFT + _WIDTH + _GAP))
    title = _text(440, 22, series.title, 'text-anchor="middle" font-size="14"')
    return f"{_HEAD}{title}\n{left}\n{right}\n</svg>\n"


def _panel(panel: Panel, left: int) -> Iterator[str]:
    bottom = _TOP + _HEIGHT
    x = Scale.between([at for at, _ in panel.points], left, left + _WIDTH)
    y = Scale.around([each for pair in panel.spreads for each in pair], bottom, _TOP)
    yield _text(left, _TOP - 8, panel.title, 'font-weight="bold"')
    yield _text(left + _WIDTH / 2, bottom + 40, panel.x_label, 'text-anchor="middle"')
    for decade in y.decades():
        height = y.at(10.0**decade)
        yield f'<path d="M{left} {height:g}h{_WIDTH}" stroke="#dddddd"/>'
        yield _text(left - 8, height + 4, _label(decade, panel.units), 'text-anchor="end"')
    for value in _labelled(panel, x):
        yield _text(x.at(value), bottom + 18, _number(value), 'text-anchor="middle"')
    yield f'<path d="M{left} {_TOP}v{_HEIGHT}h{_WIDTH}" fill="none" stroke="#555555"/>'
    line = " ".join(f"{x.at(at):g},{y.at(value):g}" for at, value in panel.points)
    yield f'<polyline points="{line}" fill="none" stroke="#3b6fb6" stroke-width="2"/>'
    for (at, value), (low, high) in zip(panel.points, panel.spreads, strict=True):
        yield f'<path d="M{x.at(at):g} {y.at(low):g}V{y.at(high):g}" stroke="#c8662b"/>'
        yield f'<circle cx="{x.at(at):g}" cy="{y.at(value):g}" r="3" fill="#3b6fb6"/>'


def _labelled(panel: Panel, x: Scale) -> Sequence[float]:
    if len(panel.points) <= _MOST_LABELS:
        return [at for at, _ in panel.points]
    return [10.0**decade for decade in x.decades()]


def _label(decade: int, units: dict[int, str]) -> str:
    """A power of ten in a unit that people use: 100 µs, not 10⁻⁴ s."""
    fitting = [power for power in units if power <= decade]
    if not fitting:
        return _number(10.0**decade)
    power = max(fitting)
    return f"{10 ** (decade - power)} {units[power]}"


def _number(value: float) -> str:
    if value < _FIRST_POWER:
        return f"{value:g}"
    return "10" + str(round(math.log10(value))).translate(_SUPERSCRIPTS)


def _text(x: float, y: float, content: str, style: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {style}>{content}</text>'

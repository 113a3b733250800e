"""What a measure finds: a row of the report."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Repeated measurements of one thing.

    Attributes:
        median: The middle one.
        low: The lower quartile.
        high: The upper quartile.
        repetitions: How many there were.
    """

    median: float
    low: float
    high: float
    repetitions: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        if len(values) == 1:
            return cls(median=values[0], low=values[0], high=values[0], repetitions=1)
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(median=median(values), low=low, high=high, repetitions=len(values))

    @classmethod
    def of_speeds(cls, seconds: Sequence[float], amount: float) -> "Spread":
        """Speeds of doing an amount of work in so many seconds."""
        return cls.of([amount / each for each in seconds])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a value has to reach, or, with at_least False, must not exceed.

    Attributes:
        limit: In the unit of the value.
        at_least: Whether more is better.
        aim: What is hoped for beyond the limit; nothing fails for it.
    """

    limit: float
    at_least: bool = True
    aim: float | None = None

    def is_met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row: a value, what it must be, and what it was made of.

    Attributes:
        name: What was done, with its size.
        value: What the bar is about, mostly a ratio; NaN where it could not be measured.
        unit: Of the value.
        bar: None for a row that only informs.
        ours: Measurements of this project, in sides_unit.
        theirs: Measurements of what it is compared with, in sides_unit.
        sides_unit: Of ours and theirs.
        peer: What it is compared with: its name, its version, how it was called.
        note: What else a reader must know.
        missing: Whether it could not be measured; the note says why.
    """

    name: str
    value: float
    unit: str
    bar: Bar | None = None
    ours: Spread | None = None
    theirs: Spread | None = None
    sides_unit: str = ""
    peer: str = ""
    note: str = ""
    missing: bool = False

    @classmethod
    def not_measured(cls, name: str, reason: str, *, bar: Bar | None = None) -> "Result":
        """The row of what could not be measured; it counts as short."""
        return cls(name=name, value=math.nan, unit="", bar=bar, note=reason, missing=True)

    @property
    def verdict(self) -> Literal["pass", "short", ""]:
        if self.missing:
            return "short"
        if self.bar is None:
            return ""
        return "pass" if self.bar.is_met_by(self.value) else "short"

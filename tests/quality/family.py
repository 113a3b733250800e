"""Tests that look at the same sample, and the table's rows that they make."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tests.quality.outcome import Outcome
from tests.quality.wanted import Source

Sample = NDArray[Any]
Statistic = Callable[[Any], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One sample, drawn of each source in turn, and what is computed of it.

    Attributes:
        name: Where the sample comes from.
        sample: Draws it.
        statistics: The tests, by their names.
        weak: Ever weaker variants: every test must reject one of them at least.
    """

    name: str
    sample: Callable[[Source], Sample]
    statistics: Mapping[str, Statistic]
    weak: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One test of the native order, of the control, and of weak variants.

    Attributes:
        family: Where the sample came from.
        test: The name of the test.
        native: Of the native order.
        control: Of NumPy's orders.
        weak: Of the first weak variant that is rejected, or of the weakest one.
        weak_name: Which one that is.
    """

    family: str
    test: str
    native: Outcome
    control: Outcome
    weak: Outcome
    weak_name: str

    def faults(self, level: float) -> list[str]:
        """What must not be: a sound source that is rejected, a weak one that is not."""
        verdicts = {
            "the native order is rejected": self.native.p < level,
            "the control is rejected": self.control.p < level,
            f"not even {self.weak_name} is rejected": self.weak.p >= level,
        }
        return [f"{self.family}, {self.test}: {each}" for each, so in verdicts.items() if so]


def rows(family: Family, native: Source, control: Source, *, level: float) -> Iterator[Row]:
    """The rows of a family; only one sample is in memory at a time."""
    names = list(family.statistics)
    of_native = _outcomes(family, native, names)
    of_control = _outcomes(family, control, names)
    of_weak = _rejected(family, level)
    for name in names:
        weak_name, weak = of_weak[name]
        yield Row(
            family=family.name,
            test=name,
            native=of_native[name],
            control=of_control[name],
            weak=weak,
            weak_name=weak_name,
        )


def _rejected(family: Family, level: float) -> dict[str, tuple[str, Outcome]]:
    """Every test's first weak variant that it rejects, or else the last."""
    found: dict[str, tuple[str, Outcome]] = {}
    blind = list(family.statistics)
    for source in family.weak:
        outcomes = _outcomes(family, source, blind)
        found |= {name: (source.name, outcome) for name, outcome in outcomes.items()}
        blind = [name for name in blind if outcomes[name].p >= level]
        if not blind:
            break
    return found


def _outcomes(family: Family, source: Source, names: list[str]) -> dict[str, Outcome]:
    sample = family.sample(source)
    return {name: family.statistics[name](sample) for name in names}

"""Every family of tests, by the name that chooses it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.quality.effort import Effort
from tests.quality.families import draws, large, neighbours, small, training, whole
from tests.quality.family import Family

FAMILIES: Final[Mapping[str, Callable[[Effort], Iterator[Family]]]] = {
    "small": small.families,
    "large": large.families,
    "whole": whole.families,
    "neighbours": neighbours.families,
    "draws": draws.families,
    "training": training.families,
}


def all_tests() -> int:
    """Of all the families, whichever are run: the level of a test never depends on that."""
    return sum(
        len(family.statistics)
        for families in FAMILIES.values()
        for family in families(Effort.QUICK)
    )

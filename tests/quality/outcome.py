"""What a test says of a sample, and the levels that were fixed before anything was tested."""

from dataclasses import dataclass
from typing import Final

# Of a native order and a control that are both perfect, one run in ten thousand refuses one of
# them. The probability is shared out evenly among all the tests of both (Bonferroni), so that a
# test rejects below ALPHA / (2 * number of tests), however the tests depend on each other.
ALPHA: Final = 1e-4


def level(tests: int) -> float:
    """The p-value below which one test rejects, when so many tests see two sources each.

    >>> level(50)
    1e-06
    """
    return ALPHA / (2 * tests)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A statistic and how likely one at least as far out is, if the orders are uniform.

    Attributes:
        statistic: As it is named in the table.
        p: In [0, 1], two-sided: too good is as suspicious as too bad.
        detail: Of what the statistic is: its degrees of freedom, or its expectation.
    """

    statistic: float
    p: float
    detail: str


def two_sided(below: float, above: float) -> float:
    """From the probabilities of being at most and at least as large.

    >>> two_sided(0.75, 0.25), two_sided(1.0, 1.0)
    (0.5, 1.0)
    """
    return min(1.0, 2 * min(below, above))

"""Ours against another way of doing the same, measured in turns."""

from dataclasses import dataclass

from tests.bench.interleaved import Side, interleaved, ratios
from tests.bench.result import Bar, Result, Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two sides that produce indices.

    Attributes:
        name: What both of them do, with its size.
        ours: Our side.
        our_indices: How many indices it produces in one go.
        theirs: The other side.
        their_indices: How many indices that one produces in one go; 0: as many as ours.
        peer: What the other side is.
        unit: Of the ratio of the speeds.
        bar: Least ratio.
        note: What else a reader must know.
    """

    name: str
    ours: Side
    our_indices: int
    theirs: Side
    their_indices: int = 0
    peer: str
    unit: str
    bar: Bar | None = None
    note: str = ""

    def result(self, repetitions: int, *, warm_up: bool = True) -> Result:
        """Both speeds in Mi/s, 10^6 indices per second; the value is ours over theirs."""
        sides = [self.ours, self.theirs]
        ours, theirs = interleaved(sides, repetitions, warm_up=warm_up)
        indices = self.their_indices or self.our_indices
        return Result(
            name=self.name,
            value=ratios(theirs, ours).median * self.our_indices / indices,
            unit=self.unit,
            bar=self.bar,
            ours=Spread.of_speeds(ours, self.our_indices / 1e6),
            theirs=Spread.of_speeds(theirs, indices / 1e6),
            sides_unit="Mi/s",
            peer=self.peer,
            note=self.note,
        )

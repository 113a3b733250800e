"""Orders: which sample stands at a position of an epoch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.arithmetic.integers import ceil_div
from app.sampling.draws import Draws
from app.sampling.kernel_set import Indices
from app.sampling.layout import Progression

_SCANNED_TOGETHER = 2**20
_TURN_WORK = 1_024
"""What it takes to go on to the next pass, in indices: a key is hashed, a table is looked up."""


class IndexSource(Protocol):
    """Sample indices with random access by position."""

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        ...


class Bijection(IndexSource, Protocol):
    """A reordering of [0, dataset_size) with random access in both directions."""

    def position_of(self, sample_index: int) -> int:
        """The one position of a sample."""
        ...


class Order(IndexSource, Protocol):
    """Position -> sample index, for the positions of one epoch."""

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, ascending."""
        ...

    def work(self, part: Progression) -> int:
        """Indices that are computed to fill a part, tables included."""
        ...

    def search_work(self, *, stop: int) -> int:
        """Indices that are computed to find a sample among the positions [0, stop)."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """The samples in the order of the dataset.

    >>> out = np.empty(3, np.int64)
    >>> Identity().fill(out, start=1, stride=4)
    >>> out.tolist()
    [1, 5, 9]
    """

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write start, start + stride, ... into a contiguous buffer."""
        places = np.arange(len(out), dtype=np.int64)
        places *= np.int64(stride)
        np.add(places, np.int64(start), out=out, casting="unsafe")

    def position_of(self, sample_index: int) -> int:
        """The sample stands at its own index."""
        return sample_index


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOrder:
    """An epoch cut out of passes that follow one another without a break.

    A single pass, padded from its own head, is the same thing with one order for all passes.

    >>> order = PassOrder(
    ...     dataset_size=5,
    ...     first_position=3,
    ...     order_of=lambda ahead: Identity(),
    ...     table_size=0,
    ...     fresh_order_per_pass=False,
    ... )
    >>> out = np.empty(4, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist(), list(order.positions_of(4, stop=10))
    ([3, 4, 0, 1], [1, 6])

    Attributes:
        dataset_size: Positions of a pass.
        first_position: Where in its pass the epoch begins.
        order_of: Order of the pass that is so many passes after the first one of the epoch.
        table_size: Indices that are computed before the first one of a pass is known.
        fresh_order_per_pass: Whether every pass has an order of its own.
    """

    dataset_size: int
    first_position: int
    order_of: Callable[[int], Bijection]
    table_size: int
    fresh_order_per_pass: bool

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        _fill_in_turns(
            out,
            Progression(self.first_position + start, stride, len(out)),
            period=self.dataset_size,
            source_of=self.order_of,
        )

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample: one for every whole pass."""
        position_in_pass = 0
        for ahead in range(self._passes_until(stop)):
            pass_start = ahead * self.dataset_size - self.first_position
            if not ahead or self.fresh_order_per_pass:
                position_in_pass = self.order_of(ahead).position_of(sample_index)
            if 0 <= pass_start + position_in_pass < stop:
                yield pass_start + position_in_pass

    def work(self, part: Progression) -> int:
        """Indices that are computed to fill a part: its own, and the tables of its passes."""
        touched = _most_turns(part, period=self.dataset_size)
        tables = touched if self.fresh_order_per_pass else 1
        return part.count + tables * self.table_size + _turn_work(touched)

    def search_work(self, *, stop: int) -> int:
        """One index for every pass that is touched, and the tables of these passes."""
        touched = self._passes_until(stop)
        if not self.fresh_order_per_pass:
            return touched + self.table_size
        return touched * (1 + self.table_size) + _turn_work(touched)

    def _passes_until(self, stop: int) -> int:
        return ceil_div(self.first_position + stop, self.dataset_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawOrder:
    """An epoch of independent draws; padding positions repeat its draws from the first on.

    >>> draws = Draws.keyed(seed=1, number=2, dataset_size=10**12)
    >>> order = DrawOrder(draws=draws, distinct_draws=2)
    >>> out = np.empty(4, np.int64)
    >>> order.fill(out, start=0)
    >>> out.tolist()
    [734239305202, 10319711533, 734239305202, 10319711533]

    Attributes:
        draws: The draws of this epoch.
        distinct_draws: How many of them there are before they repeat.
    """

    draws: Draws
    distinct_draws: int

    def fill(self, out: Indices, *, start: int, stride: int = 1) -> None:
        """Write the sample indices at start, start + stride, ... into a contiguous buffer."""
        _fill_in_turns(
            out,
            Progression(start, stride, len(out)),
            period=self.distinct_draws,
            source_of=lambda _: self.draws,
        )

    def positions_of(self, sample_index: int, *, stop: int) -> Iterator[int]:
        """Positions in [0, stop) that hold a sample, found by looking at every draw."""
        for turn_start in range(0, stop, self.distinct_draws):
            turn_stop = min(self.distinct_draws, stop - turn_start)
            for first in range(0, turn_stop, _SCANNED_TOGETHER):
                last = min(turn_stop, first + _SCANNED_TOGETHER)
                found = self.draws.positions_of(sample_index, start=first, stop=last)
                yield from (found + turn_start).tolist()

    def work(self, part: Progression) -> int:
        """A draw is computed on its own."""
        return part.count + _turn_work(_most_turns(part, period=self.distinct_draws))

    def search_work(self, *, stop: int) -> int:
        """Every draw is looked at, in every turn."""
        return stop + _turn_work(ceil_div(stop, self.distinct_draws))


def _most_turns(part: Progression, *, period: int) -> int:
    """Turns of so many positions that a part touches, one more where it begins late in a turn."""
    return min(part.count, max(0, part.count - 1) * part.stride // period + 2)


def _turn_work(turns: int) -> int:
    """Work of going from turn to turn; what touches no third one goes without."""
    return max(0, turns - 2) * _TURN_WORK


def _fill_in_turns(
    out: Indices,
    places: Progression,
    *,
    period: int,
    source_of: Callable[[int], IndexSource],
) -> None:
    """Fill from a chain of sources with `period` positions each, numbered from 0."""
    filled, place = 0, places.start
    while filled < places.count:
        turn, position = divmod(place, period)
        fitting = min(places.count - filled, ceil_div(period - position, places.stride))
        part = out[filled : filled + fitting]
        source_of(turn).fill(part, start=position, stride=places.stride)
        filled += fitting
        place += fitting * places.stride

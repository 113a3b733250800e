"""Spans of consecutive samples: shards, and the pieces of shards that canonical nodes take."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans in a sequence, each with its first sample and its number of samples.

    >>> shards = Spans.of_shards([4, 4, 3])
    >>> shards.samples().tolist() == [*range(11)]
    True

    Attributes:
        starts: int64, shape (spans,): the first sample of each.
        sizes: int64, shape (spans,): the samples of each, at least 1.
    """

    starts: Indices
    sizes: Indices

    @classmethod
    def of_shards(cls, shard_sizes: "list[int] | Indices") -> "Spans":
        """Shards that follow one another from sample 0 on."""
        sizes = np.asarray(shard_sizes, dtype=np.int64)
        return cls(np.cumsum(sizes) - sizes, sizes)

    def in_order(self, order: Indices) -> "Spans":
        """The same spans in another sequence, or some of them.

        >>> Spans.of_shards([4, 4, 3]).in_order(np.array([2, 0])).samples().tolist()
        [8, 9, 10, 0, 1, 2, 3]
        """
        return Spans(self.starts[order], self.sizes[order])

    def shuffled(self, generator: np.random.Generator) -> "Spans":
        """The spans as a generator shuffles a list of them."""
        order = np.arange(len(self.sizes))
        generator.shuffle(order)
        return self.in_order(order)

    def samples(self) -> Indices:
        """Every sample of every span, in sequence: int64, shape (samples,)."""
        offsets = np.cumsum(self.sizes) - self.sizes
        starts: Indices = np.repeat(self.starts - offsets, self.sizes)
        return starts + np.arange(len(starts), dtype=np.int64)

    def slices(self) -> Iterator[slice]:
        """Where each span stands among the samples of all, where it has more than one.

        >>> [*Spans.of_shards([2, 1, 3]).slices()]
        [slice(0, 2, None), slice(3, 6, None)]
        """
        stops = np.cumsum(self.sizes)
        longer = self.sizes > 1
        bounds = zip((stops - self.sizes)[longer].tolist(), stops[longer].tolist(), strict=True)
        return (slice(start, stop) for start, stop in bounds)

    def divided(self, parts: int) -> "list[Spans]":
        """Cut into parts of equal length (to one sample), spans across a border in two.

        Part p ends where (p + 1) / parts of the samples, rounded down, are through; a part may be
        empty. After divide_spans of mosaicml-streaming 0.13.0, streaming/base/shuffle/py1s.py.

        >>> [part.samples().tolist() for part in Spans.of_shards([4, 4, 3]).divided(3)]
        [[0, 1, 2], [3, 4, 5, 6], [7, 8, 9, 10]]

        Args:
            parts: Number of canonical nodes.
        """
        stops = np.cumsum(self.sizes)
        borders = np.arange(1, parts + 1) * int(stops[-1]) // parts
        edges = np.union1d(stops, borders[borders > 0])
        sizes = np.diff(edges, prepend=0)
        span = np.searchsorted(stops, edges - sizes, side="right")
        starts = self.starts[span] + (edges - sizes) - (stops - self.sizes)[span]
        cuts = np.searchsorted(edges, borders[:-1], side="right")
        pieces = zip(np.split(starts, cuts), np.split(sizes, cuts), strict=True)
        return [Spans(*piece) for piece in pieces]


def chained(spans: list[Spans]) -> Spans:
    """One sequence of several.

    >>> chained([Spans.of_shards([2]), Spans.of_shards([3])]).samples().tolist()
    [0, 1, 0, 1, 2]
    """
    starts = np.concatenate([each.starts for each in spans])
    return Spans(starts, np.concatenate([each.sizes for each in spans]))

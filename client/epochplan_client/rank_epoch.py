"""What one rank takes of one epoch: how many samples in which micro-step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from epochplan_client.clock import Span

Indices = NDArray[np.int64 | np.uint32]

_LISTED_TOGETHER: Final = 8_192  # samples; Python's integers are made as training takes them


@dataclass(frozen=True, slots=True)
class RankEpoch:
    """The micro-steps of a rank: equal ones, and those of the last step.

    >>> epoch = RankEpoch(steps=3, micro_batch_size=2, micro_steps=2, last=(2, 1))
    >>> [*epoch.lists(Span(0, 1, 3), np.arange(7))]
    [[0, 1], [2, 3], [4, 5], [6]]

    Attributes:
        steps: Steps that the run takes of the epoch.
        micro_batch_size: Samples of the rank in every micro-step of a full step.
        micro_steps: Micro-steps of a full step.
        last: Samples of the rank in every micro-step of the last step; 0 where it has none.
    """

    steps: int
    micro_batch_size: int
    micro_steps: int
    last: tuple[int, ...]

    def samples(self, span: Span) -> int:
        """Samples that the rank takes of a span of this epoch."""
        last = sum(self.last) if self._has_last(span) else 0
        return self._full_steps(span) * self.micro_steps * self.micro_batch_size + last

    def lists_in(self, span: Span) -> int:
        """Micro-steps of a span of this epoch, those without a sample of this rank included."""
        last = len(self.last) if self._has_last(span) else 0
        return self._full_steps(span) * self.micro_steps + last

    def lists(self, span: Span, indices: Indices) -> Iterator[list[int]]:
        """The sample indices of every micro-step of a span.

        Args:
            span: Steps of this epoch.
            indices: Those of the rank in the span, shape (samples(span),).
        """
        full = self._full_steps(span) * self.micro_steps * self.micro_batch_size
        rows = indices[:full].reshape(-1, self.micro_batch_size)
        together = max(1, _LISTED_TOGETHER // self.micro_batch_size)
        for first in range(0, len(rows), together):
            yield from rows[first : first + together].tolist()
        if self._has_last(span):
            yield from self._last_lists(indices[full:])

    def _last_lists(self, indices: Indices) -> Iterator[list[int]]:
        start = 0
        for samples in self.last:
            yield indices[start : start + samples].tolist()
            start += samples

    def _has_last(self, span: Span) -> bool:
        return span.start_step < span.stop_step == self.steps

    def _full_steps(self, span: Span) -> int:
        return span.stop_step - span.start_step - self._has_last(span)

"""How the samples of a step spread over ranks and micro-steps."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self


class Geometry(NamedTuple):
    """The factors of a full step.

    Attributes:
        global_batch_size: Samples of a full step, over all ranks.
        micro_batch_size: Samples per rank per micro-step.
        gradient_accumulation_steps: Micro-steps of a full step.
        data_parallel_size: Ranks that see different samples.
    """

    global_batch_size: int
    micro_batch_size: int
    gradient_accumulation_steps: int
    data_parallel_size: int

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Self:
        """The geometry of a settled spec."""
        return cls(*(int(spec[name]) for name in cls._fields))

    @property
    def rank_samples(self) -> int:
        """Samples that a rank takes of a full step."""
        return self.micro_batch_size * self.gradient_accumulation_steps

    def micro_steps(self, samples: int) -> int:
        """Micro-steps of a step, the same for every rank.

        >>> Geometry(12, 2, 2, 3).micro_steps(8)
        2

        Args:
            samples: Samples of the step over all ranks, in [0, global_batch_size].
        """
        return ceil_div(ceil_div(samples, self.data_parallel_size), self.micro_batch_size)

    def micro_batches(self, samples: int, *, rank: int) -> tuple[int, ...]:
        """Samples of every micro-step of a rank, in a step of the native layout.

        Position q of the step goes to rank q mod data_parallel_size, so a rank takes its own
        samples micro_batch_size at a time. All ranks have the same number of micro-steps.

        >>> (
        ...     Geometry(12, 2, 2, 3).micro_batches(8, rank=1),
        ...     Geometry(12, 2, 2, 3).micro_batches(8, rank=2),
        ... )
        ((2, 1), (2, 0))

        Args:
            samples: Samples of the step over all ranks, in [0, global_batch_size].
            rank: In [0, data_parallel_size).
        """
        most = self.micro_steps(samples) * self.micro_batch_size
        own = ceil_div(max(0, samples - rank), self.data_parallel_size)
        starts = range(0, most, self.micro_batch_size)
        return tuple(min(self.micro_batch_size, max(0, own - start)) for start in starts)


def ceil_div(dividend: int, divisor: int) -> int:
    """The quotient of integers, rounded up.

    >>> ceil_div(7, 2)
    4
    """
    return -(-dividend // divisor)

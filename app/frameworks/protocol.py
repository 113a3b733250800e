"""What a framework decides about a schedule."""

from dataclasses import dataclass
from typing import Protocol

from app.arithmetic.epochs import EpochShape
from app.arithmetic.spec import BatchGeometry, TrainingSpec
from app.sampling.layout import Progression
from app.sampling.order import Order


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample of a step is processed.

    Attributes:
        rank: In [0, data_parallel_size).
        micro_step: In [0, gradient_accumulation_steps).
        slot: In [0, micro_batch_size).
    """

    rank: int
    micro_step: int
    slot: int


class Framework(Protocol):
    """Step arithmetic, layout and order of one version of one framework."""

    @property
    def name(self) -> str:
        """Name in the spec."""
        ...

    @property
    def version(self) -> str:
        """Version in the spec."""
        ...

    @property
    def order_algorithm(self) -> str:
        """Name of the frozen algorithm behind its orders."""
        ...

    def shape(self, spec: TrainingSpec) -> EpochShape:
        """Steps and samples of a full epoch."""
        ...

    def rank_positions(self, positions: range, batch: BatchGeometry, rank: int) -> Progression:
        """Positions that a rank takes of the contiguous positions of whole steps."""
        ...

    def place_in_step(self, position_in_step: int, batch: BatchGeometry) -> Place:
        """Who processes a position of a step, and when."""
        ...

    def order(self, spec: TrainingSpec, shape: EpochShape, epoch: int) -> Order:
        """The order of one epoch."""
        ...

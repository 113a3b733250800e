"""What a sampler needs of whoever knows the plans: a service, or this very process."""

from typing import Protocol

from epochplan_client.plan import Plan
from epochplan_client.read_ahead import Blocks
from epochplan_client.shapes import Shapes


class PlanSource(Protocol):
    """Reads plans and the sample indices that belong to them."""

    def read(self, plan_id: str) -> Plan:
        """The plan that a plan_id names."""
        ...

    def shapes(self, plan: Plan, rank: int, *, patience: float) -> Shapes:
        """How the epochs of a plan are shaped for one rank; waits so many seconds at most."""
        ...

    def blocks(self, plan: Plan, rank: int, shapes: Shapes, *, patience: float) -> Blocks:
        """The sample indices of one rank; a block is waited for so many seconds."""
        ...

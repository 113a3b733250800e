"""Native plans without a service."""

from typing import Final

from epochplan_client.errors import (
    InvalidArgumentError,
    Mismatch,
    UnsupportedPlanError,
    mismatch_error,
)
from epochplan_client.native_plan import native_plan
from epochplan_client.offline_blocks import OfflineBlocks
from epochplan_client.offline_order import OfflineOrder
from epochplan_client.plan import Plan
from epochplan_client.plan_id import spec_of
from epochplan_client.read_ahead import Blocks
from epochplan_client.shapes import NativeShapes, Shapes
from epochplan_client.whole_numbers import whole_number

_NATIVE: Final = {"name": "native", "version": "1"}
_VERIFIED: Final = (
    "dataset_size",
    "global_batch_size",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "data_parallel_size",
)


class OfflinePlanner:
    """Reads plan_ids and computes their orders in this process; asks nobody.

    It takes the place of a Planner for a PlannedBatchSampler. It cannot plan: which specs have a
    schedule is for the service to say, once; its plan_id is all that a job needs.
    """

    def read(self, plan_id: str) -> Plan:
        """The plan that a plan_id names, without findings, coverage and links.

        Raises:
            InvalidArgumentError: The plan_id is damaged.
            UnsupportedPlanError: It is not native.
        """
        fields = spec_of(plan_id)
        if fields["framework"] != _NATIVE:
            message = (
                f"plan {plan_id} follows {fields['framework']['name']}, whose schedules only the "
                "service computes; read it with Planner(url)"
            )
            raise UnsupportedPlanError(message)
        return native_plan(plan_id, fields)

    def verify(self, plan_id: str, **seen: int) -> None:
        """Make sure, before the first step, that this job is the one that was planned.

        Args:
            plan_id: The plan that the job is to follow.
            **seen: What the job sees of dataset_size, global_batch_size, micro_batch_size,
                gradient_accumulation_steps and data_parallel_size; at least one of them.

        Raises:
            PlanMismatchError: The job is another one; `mismatches` has every number.
            InvalidArgumentError: Something else was given, or the plan_id is damaged.
            UnsupportedPlanError: The plan is not native.
        """
        unknown = [name for name in seen if name not in _VERIFIED]
        if unknown or not seen:
            told = f"not {', '.join(unknown)}" if unknown else "at least one of them"
            message = f"what can be verified is {', '.join(_VERIFIED)}; {told}"
            raise InvalidArgumentError(message)
        spec = self.read(plan_id).spec
        mismatches = [
            Mismatch(name, value, spec[name])
            for name, value in seen.items()
            if whole_number(name, value) != spec[name]
        ]
        if mismatches:
            raise mismatch_error(plan_id, mismatches)

    def shapes(self, plan: Plan, rank: int, *, patience: float) -> Shapes:
        """How the epochs of a plan are shaped for one rank."""
        del patience  # nothing is waited for
        return NativeShapes(plan, rank)

    def blocks(self, plan: Plan, rank: int, shapes: Shapes, *, patience: float) -> Blocks:
        """The sample indices of one rank.

        Raises:
            UnsupportedPlanError: The plan is not native.
        """
        del shapes, patience  # nothing is downloaded, and nothing is waited for
        return OfflineBlocks(OfflineOrder(plan), rank)

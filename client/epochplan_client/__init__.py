"""Training schedules of Epochplan, consumed by a training job."""

from epochplan_client.errors import (
    DamagedBlockError,
    EpochplanError,
    Fault,
    InvalidArgumentError,
    Mismatch,
    PlanMismatchError,
    RequestRefusedError,
    ServiceUnavailableError,
    StateMismatchError,
    StepUnknownError,
    UnexpectedAnswerError,
    UnsupportedPlanError,
)
from epochplan_client.offline_order import OfflineOrder
from epochplan_client.offline_planner import OfflinePlanner
from epochplan_client.plan import Plan
from epochplan_client.planner import Planner
from epochplan_client.reading import Reading
from epochplan_client.sampler import PlannedBatchSampler, Step

__version__ = "0.1.0"

__all__ = [
    "DamagedBlockError",
    "EpochplanError",
    "Fault",
    "InvalidArgumentError",
    "Mismatch",
    "OfflineOrder",
    "OfflinePlanner",
    "Plan",
    "PlanMismatchError",
    "PlannedBatchSampler",
    "Planner",
    "Reading",
    "RequestRefusedError",
    "ServiceUnavailableError",
    "StateMismatchError",
    "Step",
    "StepUnknownError",
    "UnexpectedAnswerError",
    "UnsupportedPlanError",
]

"""The service as a training job sees it."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from epochplan_client.connection import Connection, Request
from epochplan_client.errors import (
    InvalidArgumentError,
    Mismatch,
    RequestRefusedError,
    mismatch_error,
)
from epochplan_client.offline_planner import OfflinePlanner
from epochplan_client.persistence import Persistence
from epochplan_client.plan import Plan
from epochplan_client.plan_id import checked_text
from epochplan_client.read_ahead import Blocks
from epochplan_client.service_blocks import ServiceBlocks, index_type_of
from epochplan_client.shapes import AskedShapes, NativeShapes, Shapes
from epochplan_client.whole_numbers import whole_number

_MISMATCH: Final = "plan-mismatch"


class Planner:
    """A client of one service; any number of threads and forked processes may use it.

    What may be over in a moment (a lost connection, 429, 502, 503, 504) is tried again, with
    longer and longer pauses in between, or after the one that the service asks for, where there
    is so much time.

    Example:
        >>> planner = Planner("http://127.0.0.1:8000", timeout=5.0, retries=3)
        >>> planner.close()

    Args:
        url: Address of the service, such as http://127.0.0.1:8000.
        timeout: Seconds without an answer after which one attempt has failed.
        retries: Most attempts after the first one.
        total_seconds: Bound of the whole time that a call of plan, read or verify may take.
        transport: Answers in place of the network; for tests.

    Raises:
        InvalidArgumentError: An argument cannot be meant.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 10.0,
        retries: int = 8,
        total_seconds: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        most = whole_number("retries", retries)
        if not (timeout > 0 and most >= 0 and total_seconds > 0):  # NaN is none of these
            message = (
                f"timeout {timeout} and total_seconds {total_seconds} must be positive, and "
                f"retries {retries} not negative"
            )
            raise InvalidArgumentError(message)
        self._connection = Connection(url, timeout=timeout, transport=transport)
        self._persistence = Persistence(seconds=total_seconds, retries=most)

    @property
    def url(self) -> str:
        """Address of the service."""
        return self._connection.url

    @staticmethod
    def offline() -> OfflinePlanner:
        """A planner without a service, for native plans."""
        return OfflinePlanner()

    def plan(self, spec: Mapping[str, Any]) -> Plan:
        """The plan of a spec; equal specs, however written, have the same plan_id.

        Args:
            spec: The fields of a training spec, such as `{"dataset_size": 2000,
                "global_batch_size": 10, "epochs": 10}`.

        Raises:
            InvalidArgumentError: The spec is no JSON.
            RequestRefusedError: There is no such plan; `faults` has every reason.
            ServiceUnavailableError: The service does not answer in time.
            UnexpectedAnswerError: What answers is not Epochplan.
        """
        return self._plan(Request(method="POST", path="/v1/plans", body=_document(spec)))

    def read(self, plan_id: str) -> Plan:
        """The plan that a plan_id names: the service kept nothing, the plan_id is the spec.

        Raises:
            RequestRefusedError: The plan_id is damaged, or none.
            ServiceUnavailableError: The service does not answer in time.
            UnexpectedAnswerError: What answers is not Epochplan.
        """
        return self._plan(Request(path=f"/v1/plans/{_path_part(plan_id)}"))

    def verify(self, plan_id: str, **seen: int) -> None:
        """Make sure, before the first step, that this job is the one that was planned.

        Args:
            plan_id: The plan that the job is to follow.
            **seen: What the job sees of dataset_size, global_batch_size, micro_batch_size,
                gradient_accumulation_steps and data_parallel_size; at least one of them.

        Raises:
            PlanMismatchError: The job is another one; `mismatches` has every number.
            InvalidArgumentError: What the job sees is no integer.
            RequestRefusedError: Something else was given, or the plan_id is damaged.
            ServiceUnavailableError: The service does not answer in time.
            UnexpectedAnswerError: What answers is not Epochplan, or too old to verify.
        """
        path = f"/v1/plans/{_path_part(plan_id)}/verify"
        numbers = {name: whole_number(name, value) for name, value in seen.items()}
        try:
            self._connection.answer(
                Request(method="POST", path=path, body=numbers), self._persistence
            )
        except RequestRefusedError as refusal:
            if refusal.code != _MISMATCH:
                raise
            raise mismatch_error(plan_id, _mismatches(refusal)) from refusal

    def shapes(self, plan: Plan, rank: int, *, patience: float) -> Shapes:
        """How the epochs of a plan are shaped for one rank; waits so many seconds at most."""
        if plan.is_native:
            return NativeShapes(plan, rank)
        return AskedShapes(self._connection, plan, rank, Persistence(seconds=patience))

    def blocks(self, plan: Plan, rank: int, shapes: Shapes, *, patience: float) -> Blocks:
        """The sample indices of one rank; a block is waited for so many seconds."""
        return ServiceBlocks(
            connection=self._connection,
            plan_id=plan.plan_id,
            rank=rank,
            shapes=shapes,
            persistence=Persistence(seconds=patience),
            index_type=index_type_of(plan.spec["dataset_size"], native=plan.is_native),
        )

    def close(self) -> None:
        """Close the connections; the planner can be used again."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Itself, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def _plan(self, request: Request) -> Plan:
        return Plan.from_document(self._connection.answer(request, self._persistence))


def _path_part(plan_id: str) -> str:
    text = checked_text(plan_id)
    if not text.isascii() or not text.replace("-", "_").isidentifier():
        message = f"plan_id {plan_id!r:.80} is none; one begins with ep1_"
        raise InvalidArgumentError(message)
    return text


def _document(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        json.dumps(spec, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"the spec cannot be written as JSON: {error}; give plain Python values"
        raise InvalidArgumentError(message) from error
    return spec


def _mismatches(refusal: RequestRefusedError) -> list[Mismatch]:
    return [
        Mismatch(
            field=fault.pointer.removeprefix("/"),
            seen=fault.given,
            planned=fault.nearest[0] if fault.nearest else None,
        )
        for fault in refusal.faults
    ]

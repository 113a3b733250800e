"""The service as a training run sees it: a plan, a place in it, and the samples of a rank."""

from dataclasses import dataclass, fields
from io import BytesIO
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import numpy as np
from numpy.typing import NDArray

from data_parallel.errors import RequestRefusedError, ServiceUnavailableError

# a service that has only just started compiles before it answers for the first time
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)

Indices = NDArray[np.int64]
Document = TypeVar("Document", bound="Plan | Cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run needs of the answer to `POST /v1/plans`; the names are those of the service.

    Attributes:
        plan_id: Names the plan for ever, for any process on any machine.
        spec: The spec with all that was left open filled in.
        steps_per_epoch: The short last step counts as one.
        last_step_samples: Samples of the last step of an epoch, of all ranks together.
        total_steps: Steps of the run.
        links: Where the cursor and the manifests of this plan are.
    """

    plan_id: str
    spec: dict[str, Any]
    steps_per_epoch: int
    last_step_samples: int
    total_steps: int
    links: dict[str, str]

    @property
    def data_parallel_size(self) -> int:
        """Number of ranks."""
        return int(self.spec["data_parallel_size"])

    @property
    def rank_step_samples(self) -> int:
        """Samples that a rank takes of a full step."""
        return int(self.spec["micro_batch_size"] * self.spec["gradient_accumulation_steps"])

    def step_samples(self, step: int) -> int:
        """Samples that all ranks together take of a step, counted from the start of the run."""
        short = step % self.steps_per_epoch == self.steps_per_epoch - 1
        return self.last_step_samples if short else int(self.spec["global_batch_size"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a plan, between two steps: the next step is step_in_epoch of epoch."""

    step: int
    epoch: int
    step_in_epoch: int


class Planner:
    """A client of the service.

    Args:
        url: Where the service listens.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        # a training cluster talks to its service directly, whatever proxy leads to the world
        self._http = httpx.Client(base_url=url, timeout=_TIMEOUT, trust_env=False)

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
        self._http.close()

    def plan(self, spec: dict[str, object]) -> Plan:
        """The plan of a spec; the same spec always has the same plan_id."""
        return self._read(Plan, self._answer("POST", "/v1/plans", json=spec))

    def plan_again(self, plan_id: str) -> Plan:
        """The plan that a plan_id names: the service kept nothing, the plan_id is the spec."""
        return self._read(Plan, self._answer("GET", f"/v1/plans/{plan_id}"))

    def cursor(self, plan: Plan, *, consumed_samples: int) -> Cursor:
        """Where a run stands in a plan after so many samples, whichever ranks consumed them."""
        query = {"consumed_samples": consumed_samples}
        return self._read(Cursor, self._answer("GET", plan.links["cursor"], params=query))

    def shares(self, plan: Plan, rank: int, *, epoch: int, start_step: int) -> list[Indices]:
        """What a rank takes of every step of an epoch from start_step on: one download.

        Returns:
            For each step the int64 sample indices, of shape (rank_step_samples,); fewer, or none,
            for a short last step.
        """
        path = plan.links["manifest"].format(epoch=epoch) + ".npy"
        query = {"rank": rank, "start_step": start_step}
        content = BytesIO(self._answer("GET", path, params=query).content)
        return step_by_step(
            np.load(content, allow_pickle=False),
            rank_step_samples=plan.rank_step_samples,
            steps=plan.steps_per_epoch - start_step,
        )

    def _read(self, kind: type[Document], answer: httpx.Response) -> Document:
        try:
            document = answer.json()
            return kind(**{field.name: document[field.name] for field in fields(kind)})
        except (ValueError, TypeError, KeyError) as error:
            message = f"what answers at {self._url} is not Epochplan"
            raise ServiceUnavailableError(message) from error

    def _answer(self, method: str, path: str, **sent: Any) -> httpx.Response:  # noqa: ANN401 - the arguments of httpx
        try:
            answer = self._http.request(method, path, **sent)
        except httpx.TransportError as error:
            message = f"the service at {self._url} does not answer: {error}"
            raise ServiceUnavailableError(message) from error
        if answer.is_success:
            return answer
        refusal = RequestRefusedError if answer.is_client_error else ServiceUnavailableError
        message = f"the service at {self._url} says: {_reason(answer)}"
        raise refusal(message)


def step_by_step(indices: Indices, *, rank_step_samples: int, steps: int) -> list[Indices]:
    """The indices of each step, of a file that holds those of several steps in a row.

    >>> shares = step_by_step(np.arange(5), rank_step_samples=2, steps=4)
    >>> [share.tolist() for share in shares]
    [[0, 1], [2, 3], [4], []]
    """
    starts = range(0, steps * rank_step_samples, rank_step_samples)
    return [indices[start : start + rank_step_samples] for start in starts]


def _reason(answer: httpx.Response) -> str:
    # every refusal of the service is a problem with a detail; what stands in front of it may differ
    try:
        return str(answer.json()["detail"])
    except (ValueError, TypeError, KeyError):
        return f"{answer.status_code} {answer.reason_phrase}"

"""How the epochs of a plan are shaped for one rank: computed for native plans, else asked."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from epochplan_client.clock import Clock
from epochplan_client.connection import Connection, Query, Request
from epochplan_client.errors import UnexpectedAnswerError, UnsupportedPlanError
from epochplan_client.persistence import Deadline, Pause, Persistence
from epochplan_client.plan import Plan
from epochplan_client.rank_epoch import RankEpoch

_INT64_BYTES = 8


class Shapes(Protocol):
    """The shape of every epoch, for one rank."""

    def epoch(
        self, number: int, *, deadline: Deadline | None = None, pause: Pause = time.sleep
    ) -> RankEpoch:
        """What the rank takes of an epoch; waited for until a deadline, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class NativeShapes:
    """Shapes that follow from the plan alone.

    Attributes:
        plan: A native plan.
        rank: In [0, data_parallel_size).
    """

    plan: Plan
    rank: int

    def epoch(
        self, number: int, *, deadline: Deadline | None = None, pause: Pause = time.sleep
    ) -> RankEpoch:
        """What the rank takes of an epoch."""
        del deadline, pause  # nothing is waited for
        geometry, steps = self.plan.geometry, Clock.of(self.plan).steps_in(number)
        before_last = (steps - 1) * geometry.global_batch_size
        last = min(geometry.global_batch_size, self.plan.samples_per_epoch - before_last)
        return RankEpoch(
            steps=steps,
            micro_batch_size=geometry.micro_batch_size,
            micro_steps=geometry.gradient_accumulation_steps,
            last=geometry.micro_batches(last, rank=self.rank),
        )


@dataclass(frozen=True, slots=True)
class AskedShapes:
    """Shapes of another framework: the service lists the last step, and tells the others' size.

    Two small requests per epoch. A step has at most the samples of a full one, so all steps but
    the last are full exactly if together they have as many samples as so many full ones.

    Attributes:
        connection: The way to the service.
        plan: A plan of any framework.
        rank: In [0, data_parallel_size).
        persistence: How long a shape is waited for.
    """

    connection: Connection
    plan: Plan
    rank: int
    persistence: Persistence
    _known: dict[int, RankEpoch] = field(default_factory=dict[int, RankEpoch], repr=False)

    def epoch(
        self, number: int, *, deadline: Deadline | None = None, pause: Pause = time.sleep
    ) -> RankEpoch:
        """What the rank takes of an epoch.

        Args:
            number: The epoch.
            deadline: Bound of the waiting; None: as `persistence` has it.
            pause: Waits for so many seconds; whatever it raises ends the waiting.

        Raises:
            UnsupportedPlanError: Its steps have different sizes, or places without a sample.
        """
        if number not in self._known:
            until = deadline or Deadline.after(self.persistence.seconds)
            self._known[number] = self._asked(number, until, pause)
        return self._known[number]

    def _asked(self, number: int, deadline: Deadline, pause: Pause) -> RankEpoch:
        geometry, steps = self.plan.geometry, Clock.of(self.plan).steps_in(number)
        full = self._samples_before(number, steps - 1, deadline, pause)
        if full != (steps - 1) * geometry.rank_samples:
            raise self._refused(what="steps of different sizes")
        return RankEpoch(
            steps=steps,
            micro_batch_size=geometry.micro_batch_size,
            micro_steps=geometry.gradient_accumulation_steps,
            last=self._last(number, steps, deadline, pause),
        )

    def _samples_before(self, number: int, stop_step: int, deadline: Deadline, pause: Pause) -> int:
        request = self._request(
            number, "manifest.raw", {"start_step": 0, "stop_step": stop_step}, method="HEAD"
        )
        persistence = self.persistence.until(deadline)
        headers = self.connection.headers(request, persistence, pause=pause)
        size = headers.get("content-length", "")
        if not size.isdecimal():
            message = f"what answers at {self.connection.url} does not tell the size of a manifest"
            raise UnexpectedAnswerError(message)
        return int(size) // _INT64_BYTES

    def _last(self, number: int, steps: int, deadline: Deadline, pause: Pause) -> tuple[int, ...]:
        chosen: Query = {"start_step": steps - 1, "stop_step": steps}
        request = self._request(
            number, "manifest", {**chosen, "format": "json", "group": "micro_step"}
        )
        page = self.connection.answer(request, self.persistence.until(deadline), pause=pause)
        if page.get("steps_in_epoch") != steps:
            raise self._refused(what="epochs of different lengths")
        lists = cast("list[list[int]]", page["sample_indices"][0])
        if any(index < 0 for each in lists for index in each):
            raise self._refused(what="places without a sample")
        return tuple(map(len, lists))

    def _request(self, number: int, file: str, query: Query, *, method: str = "GET") -> Request:
        path = f"/v1/plans/{self.plan.plan_id}/epochs/{number}/{file}"
        query = {"rank": self.rank, **query}
        return Request(method=method, path=path, query=query, is_known=True)

    def _refused(self, *, what: str) -> UnsupportedPlanError:
        framework: Any = self.plan.spec["framework"]
        return UnsupportedPlanError(
            f"plan {self.plan.plan_id} of {framework['name']} has {what}, which this sampler "
            "cannot cut into micro-steps; read its manifest as json with group=micro_step"
        )

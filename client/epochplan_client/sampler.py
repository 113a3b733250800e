"""The sample indices of one rank, as a plan says: for a DataLoader, or for any loop."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from epochplan_client.clock import Clock, Place, Span
from epochplan_client.errors import InvalidArgumentError
from epochplan_client.plan import Plan
from epochplan_client.progress import Progress
from epochplan_client.rank_epoch import Indices, RankEpoch
from epochplan_client.read_ahead import ReadAhead
from epochplan_client.reading import Reading
from epochplan_client.source import PlanSource
from epochplan_client.state import State, check_continuation, read_state
from epochplan_client.whole_numbers import whole_number

_READING: Final = Reading()


class Step(NamedTuple):
    """What one rank takes of one step.

    Attributes:
        step: Step of the run.
        micro_batches: Sample indices of every micro-step; an empty list where this rank has no
            sample and others have.
    """

    step: int
    micro_batches: list[list[int]]


class PlannedBatchSampler:
    """Lists of sample indices, one for every micro-step of a rank, epoch by epoch.

    It goes where PyTorch takes a batch sampler, `DataLoader(dataset, batch_sampler=sampler)`, and
    into any other loop; torch is neither needed nor imported. A thread reads large blocks ahead,
    so that training waits for no request once it has begun, and goes on while the service is away
    for a moment.

    **What is completed** only training knows, because a DataLoader takes lists long before they
    are trained on. So training says it, in steps of the run: `completed(step)`, or
    `state_dict(step=step)`. The state is that number and the plan_id, the same for all ranks; it
    may be loaded on another number of ranks, into a sampler of the plan that has them.

    **An iteration** runs to the end of an epoch. It begins behind what is completed, where that
    is within the epoch, else at the first step. `set_epoch` chooses the epoch; without it the next
    iteration takes the epoch behind the one that was handed out whole, and when the run is over
    it is empty. One iteration at a time.

    Example:
        >>> from epochplan_client import Planner
        >>> plan_id = (
        ...     "ep1_eyJkYXRhX3BhcmFsbGVsX3NpemUiOjIsImRhdGFzZXRfc2l6ZSI6MTAsImVwb2NocyI6"
        ...     "MiwiZnJhbWV3b3JrIjp7Im5hbWUiOiJuYXRpdmUiLCJ2ZXJzaW9uIjoiMSJ9LCJnbG9iYWxf"
        ...     "YmF0Y2hfc2l6ZSI6NCwic2FtcGxpbmciOnsic2VlZCI6MX19xXLIsfJK-SM"
        ... )
        >>> sampler = PlannedBatchSampler(Planner.offline(), plan_id, rank=1)
        >>> len(sampler), list(sampler)
        (3, [[8, 9], [2, 6], [1]])
        >>> sampler.completed(2)
        >>> sampler.state_dict()["step"]
        2

    Args:
        planner: A Planner, or an OfflinePlanner.
        plan: The plan, or its plan_id.
        rank: Data-parallel rank of this process, in [0, data_parallel_size).
        reading: How it reads.

    Raises:
        InvalidArgumentError: There is no such rank, or the plan_id is none.
        UnsupportedPlanError: The plan cannot be read step by step.
    """

    def __init__(
        self,
        planner: PlanSource,
        plan: Plan | str,
        *,
        rank: int,
        reading: Reading = _READING,
    ) -> None:
        self.plan = plan if isinstance(plan, Plan) else planner.read(plan)
        self.rank = _checked_rank(self.plan, rank)
        self._planner = planner
        self._clock = Clock.of(self.plan)
        self._progress = Progress(self._clock)
        self._shapes = planner.shapes(self.plan, self.rank, patience=reading.patience)
        blocks = planner.blocks(self.plan, self.rank, self._shapes, patience=reading.patience)
        step_bytes = self.plan.geometry.rank_samples * blocks.index_bytes
        self._blocks = ReadAhead(
            blocks,
            self._clock,
            steps=max(1, reading.block_bytes // step_bytes),
            ahead=reading.blocks_ahead,
        )

    @property
    def epoch(self) -> int:
        """Epoch of the iteration that is under way, or else of the next one."""
        return self._progress.upcoming.epoch

    @property
    def step(self) -> int:
        """Completed steps of the run, as far as training told."""
        return self._progress.completed

    def __len__(self) -> int:
        """How many lists the iteration has that is under way, or else the next one."""
        epoch, first = self._progress.upcoming
        if epoch >= self._clock.epochs:
            return 0
        return self._shapes.epoch(epoch).lists_in(Span(epoch, first, self._clock.steps_in(epoch)))

    def __iter__(self) -> Iterator[list[int]]:
        """The sample indices of this rank, a list for every micro-step, to the end of the epoch.

        A list is empty where this rank has no sample in a short last step and others have one:
        it takes part in the exchange of gradients all the same.

        Raises:
            EpochplanError: A block cannot be had, after `patience` seconds at the latest.
        """
        return self._lists(self._progress.begin())

    def steps(self) -> Iterator[Step]:
        """The same iteration, step by step, for loops that accumulate gradients.

        Raises:
            EpochplanError: A block cannot be had, after `patience` seconds at the latest.
        """
        return self._steps(self._progress.begin())

    def micro_steps_in(self, step: int) -> int:
        """How many lists a step of the run has: after so many of them comes an update.

        Args:
            step: In [0, total_steps).

        Raises:
            InvalidArgumentError: The run has no such step.
        """
        epoch, first = self._clock.place(self._clock.check_step_taken(step))
        return self._shapes.epoch(epoch).lists_in(Span(epoch, first, first + 1))

    def set_epoch(self, epoch: int) -> None:
        """The next iteration is about this epoch; as torch's DistributedSampler has it.

        Args:
            epoch: In [0, plan.epochs).

        Raises:
            InvalidArgumentError: The plan has no such epoch.
        """
        self._progress.choose(epoch)

    def completed(self, step: int) -> None:
        """Training has completed so many steps of the run, on all ranks.

        Args:
            step: In [0, total_steps]; counted from the start of the run, not of the epoch.

        Raises:
            InvalidArgumentError: The run has not so many steps.
        """
        self._progress.tell(step)

    def state_dict(self, *, step: int | None = None) -> dict[str, Any]:
        """Where the run stands, as JSON values for a checkpoint; the same on every rank.

        Args:
            step: Completed steps of the run; None: as `completed` was told.

        Raises:
            StepUnknownError: Training took lists and never told how many steps it completed.
            InvalidArgumentError: The run has not so many steps.
        """
        done = self._progress.certain if step is None else self._clock.check_step(step)
        return State(self.plan.plan_id, done).document()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where a run stood, also one on another number of ranks.

        Args:
            state: What state_dict returned.

        Raises:
            StateMismatchError: It is of a run with another order or global batch; nothing changed.
            EpochplanError: The plan of the state cannot be read.
        """
        plan_id, step = read_state(state)
        old = self.plan if plan_id == self.plan.plan_id else self._planner.read(plan_id)
        check_continuation(old, self.plan, step)
        self._progress.go_on_from(step)

    def close(self) -> None:
        """Read no more ahead; the next iteration begins anew."""
        self._blocks.close()

    def _lists(self, place: Place) -> Iterator[list[int]]:
        for shape, span, indices in self._taken(place):
            yield from shape.lists(span, indices)
        self._progress.finish(place)

    def _steps(self, place: Place) -> Iterator[Step]:
        for shape, span, indices in self._taken(place):
            lists, before = shape.lists(span, indices), self._clock.first_step(span.epoch)
            for step in range(span.start_step, span.stop_step):
                count = shape.lists_in(Span(span.epoch, step, step + 1))
                yield Step(before + step, [*islice(lists, count)])
        self._progress.finish(place)

    def _taken(self, place: Place) -> Iterator[tuple[RankEpoch, Span, Indices]]:
        for span in self._clock.spans(place, steps=self._blocks.steps):
            if span.epoch != place.epoch:
                return
            indices = self._blocks.take(span)
            self._progress.hand_out()
            yield self._shapes.epoch(span.epoch), span, indices


def _checked_rank(plan: Plan, rank: int) -> int:
    ranks = plan.geometry.data_parallel_size
    number = whole_number("rank", rank)
    if not 0 <= number < ranks:
        message = (
            f"rank {rank} is not one of the {ranks} data-parallel ranks of plan {plan.plan_id}; "
            "a launcher's RANK may count tensor and pipeline ranks too"
        )
        raise InvalidArgumentError(message)
    return number

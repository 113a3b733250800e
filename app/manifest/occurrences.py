"""Where in a run a sample is used: the inverse of a manifest, in pages of whole epochs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from app.errors import Fault, UnknownSampleError, WorkLimitError
from app.plan.planner import Plan
from app.sampling.layout import place_in_step

_WORK_PER_EPOCH = 2**14
"""Setting up the order of an epoch takes as long as computing so many indices."""

_WORK_PER_PAUSE = 2**20
"""Computed indices after which a search pauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One use of a sample.

    Attributes:
        epoch: In [0, epochs).
        step: Step of the run.
        step_in_epoch: Step of the epoch.
        micro_step: Micro-step of the step.
        rank: Rank that processes it.
        slot: Place within the rank's micro-batch.
        position: Position within the epoch.
        padding: Whether it only fills up the last step of a pass.
    """

    epoch: int
    step: int
    step_in_epoch: int
    micro_step: int
    rank: int
    slot: int
    position: int
    padding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLimits:
    """What one page of occurrences may hold and cost.

    Attributes:
        entries: Most occurrences and absent epochs.
        work: Most indices that may be computed.
    """

    entries: int
    work: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencePage:
    """Uses of a sample in the epochs [start_epoch, stop_epoch), as a growing page.

    Attributes:
        occurrences: In the order of training.
        absent_epochs: Epochs of the page that never use the sample.
        start_epoch: First epoch of the page.
        stop_epoch: Epoch behind the last one of the page; asked for more, the next page's first.
    """

    start_epoch: int
    stop_epoch: int
    occurrences: list[Occurrence] = field(default_factory=list[Occurrence])
    absent_epochs: list[int] = field(default_factory=list[int])

    @property
    def entries(self) -> int:
        """Occurrences and absences that the page holds."""
        return len(self.occurrences) + len(self.absent_epochs)


def check_sample(plan: Plan, sample_index: int) -> None:
    """Refuse a sample outside the dataset.

    Raises:
        UnknownSampleError: sample_index is not within [0, dataset_size).
    """
    if not 0 <= sample_index < plan.spec.dataset_size:
        raise UnknownSampleError(sample_index=sample_index, dataset_size=plan.spec.dataset_size)


def growing_page(
    plan: Plan, sample_index: int, epochs: range, limits: SearchLimits
) -> Iterator[OccurrencePage]:
    """Searches epoch by epoch until the range or a limit ends, and pauses every now and then.

    Yields:
        The page so far, from the empty one on; the last one is the answer.

    Raises:
        WorkLimitError: The first epoch alone is beyond the limits.
    """
    page = OccurrencePage(start_epoch=epochs.start, stop_epoch=epochs.start)
    yield page
    work, unreported = 0, 0
    for epoch in epochs:
        cost = _epoch_work(plan, epoch)
        work, unreported = work + cost, unreported + cost + _WORK_PER_EPOCH
        room = limits.entries - page.entries
        here = _at_most(plan, sample_index, epoch, room) if work <= limits.work else None
        if here is None:
            break
        page.occurrences.extend(here)
        page.absent_epochs.extend([] if here else [epoch])
        page = replace(page, stop_epoch=epoch + 1)
        if unreported >= _WORK_PER_PAUSE:
            yield page
            unreported = 0
    if epochs and not page.entries:
        raise WorkLimitError([_too_much(plan, epochs.start, limits)])
    yield page


def _at_most(plan: Plan, sample_index: int, epoch: int, room: int) -> list[Occurrence] | None:
    """Uses in one epoch; None where the page has no room for them, or for their absence."""
    here = list(islice(_occurrences(plan, sample_index, epoch), room + 1))
    return None if len(here) > room or room == 0 else here


def _occurrences(plan: Plan, sample_index: int, epoch: int) -> Iterator[Occurrence]:
    spec, run, framework = plan.spec, plan.run, plan.framework
    grid, layout, first_step = run.grid(epoch), framework.layout(spec), run.first_step(epoch)
    positions = plan.order(epoch).positions_of(sample_index, stop=grid.samples)
    for number, position in enumerate(positions):
        step_in_epoch = grid.step_of(position)
        position_in_step = position - grid.start_of(step_in_epoch)
        place = place_in_step(layout, position_in_step, spec.batch)
        yield Occurrence(
            epoch=epoch,
            step=first_step + step_in_epoch,
            step_in_epoch=step_in_epoch,
            micro_step=place.micro_step,
            rank=place.rank,
            slot=place.slot,
            position=position,
            padding=framework.is_padding(spec, run, position, repeated=number > 0),
        )


def _epoch_work(plan: Plan, epoch: int) -> int:
    """Indices that are computed to search an epoch: its table, if it has one, and the search."""
    table_work = plan.framework.table_work(plan.spec, epoch)
    return table_work + plan.order(epoch).search_work(stop=plan.run.samples_in_epoch(epoch))


def _too_much(plan: Plan, epoch: int, limits: SearchLimits) -> Fault:
    return Fault(
        code="search-too-long",
        pointer="/start_epoch",
        detail=f"epoch {epoch} alone takes {_epoch_work(plan, epoch)} computed indices or more "
        f"than {limits.entries} occurrences; one request may cause {limits.work} and list "
        f"{limits.entries}",
        given=epoch,
        allowed="an epoch that is shorter; its manifest can be streamed instead",
    )

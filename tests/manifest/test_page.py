import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import WorkLimitError
from app.manifest.page import PageLimits, listed_indices, page_selection
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from tests.manifest.plans import moderate, plan_of, selections
from tests.manifest.reading import indices_of

AMPLE = PageLimits(indices=10**6, work=2**30)


def read(selection: Selection, group: Group) -> list[object]:
    listed: list[object] = json.loads(listed_indices(selection, group))
    return listed


def flattened(lists: object) -> list[object]:
    if not isinstance(lists, list):
        return [lists]
    return [index for inner in lists for index in flattened(inner)]


def longest_step(selection: Selection) -> int:
    steps = json.loads(listed_indices(selection, Group.STEP))
    return max(map(len, steps), default=0)


@moderate
@given(selection=selections(), spare=st.integers(0, 40))
def test_pages_of_whole_steps_lead_through_everything(selection: Selection, spare: int) -> None:
    limits = PageLimits(indices=longest_step(selection) + spare, work=2**30)
    rest, listed = selection, list[object]()

    while rest.start_step < rest.stop_step:
        page = page_selection(rest, limits)
        assert page.members.count <= limits.indices
        listed += read(page, Group.STEP)
        rest = select(
            rest.plan,
            epoch=rest.epoch,
            rank=rest.rank,
            start_step=page.stop_step,
            stop_step=rest.stop_step,
        )

    assert listed == read(selection, Group.STEP)


@moderate
@given(selection=selections(), group=st.sampled_from(Group))
def test_every_group_lists_the_same_indices(selection: Selection, group: Group) -> None:
    lists = read(selection, group)

    assert flattened(lists) == indices_of(selection)


@moderate
@given(selection=selections())
def test_micro_steps_are_lists_within_the_lists_of_their_steps(selection: Selection) -> None:
    steps = read(selection, Group.MICRO_STEP)

    assert [flattened(step) for step in steps] == read(selection, Group.STEP)


@moderate
@given(selection=selections())
def test_what_fits_into_a_page_is_not_cut(selection: Selection) -> None:
    page = page_selection(selection, AMPLE)

    assert page == selection


def test_a_page_is_as_long_as_its_work_allows() -> None:
    # every index of this rank needs a table of 60,000 of its own
    selection = select(plan_of(60_000, ranks=100_000, steps_per_epoch=999), epoch=0, rank=0)

    page = page_selection(selection, PageLimits(indices=10**6, work=10**7))

    assert 1 < page.stop_step <= 10**7 // 60_000


@pytest.mark.parametrize("limits", [PageLimits(indices=9, work=99), PageLimits(indices=99, work=9)])
def test_a_single_step_above_the_limits_is_refused_pointing_to_streams(limits: PageLimits) -> None:
    selection = select(plan_of(70_000, 10), epoch=0)

    with pytest.raises(WorkLimitError) as refusal:
        page_selection(selection, limits)

    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.nearest) == ("/format", ("raw",))


def test_a_short_last_step_fits_where_a_full_one_does_not() -> None:
    selection = select(plan_of(73, 10), epoch=0, start_step=7)

    page = page_selection(selection, PageLimits(indices=3, work=99))

    assert page == selection


def test_an_empty_selection_is_a_page_whatever_the_limits() -> None:
    selection = select(plan_of(100, 10), epoch=0, start_step=4, stop_step=4)

    page = page_selection(selection, PageLimits(indices=1, work=1))

    assert page == selection


def test_an_idle_rank_has_empty_lists() -> None:
    selection = select(plan_of(21, accumulation=4, ranks=4), epoch=0, rank=3, start_step=1)

    steps = read(selection, Group.MICRO_STEP)

    assert [len(micro_step) for micro_step in flattened_once(steps)] == [1, 0]


def flattened_once(steps: list[object]) -> list[list[object]]:
    return [inner for step in steps if isinstance(step, list) for inner in step]

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.spec import Remainder, SamplingMethod
from app.errors import UnknownSampleError, WorkLimitError
from app.manifest.occurrences import (
    Occurrence,
    OccurrencePage,
    SearchLimits,
    check_sample,
    growing_page,
)
from app.manifest.page import listed_indices
from app.manifest.rows import Group
from app.manifest.selection import select
from app.plan.planner import Plan
from tests.manifest.plans import FAR, METHODS, moderate, plan_of, small_plans
from tests.manifest.reading import indices_of
from tests.manifest.staged import staged_plans

AMPLE = SearchLimits(entries=10**6, work=2**40)

Use = tuple[int, int, int, int, int]


def searched(
    plan: Plan, sample_index: int, epochs: range | None = None, limits: SearchLimits = AMPLE
) -> OccurrencePage:
    epochs = range(plan.run.epochs) if epochs is None else epochs
    *_, page = growing_page(plan, sample_index, epochs, limits)
    return page


def uses_of(plan: Plan, sample_index: int) -> Iterator[Use]:
    """Epoch, step, micro-step, rank and slot of every use, read off the manifests of all ranks."""
    for epoch in range(plan.run.epochs):
        for rank in range(plan.spec.batch.data_parallel_size):
            steps = json.loads(
                listed_indices(select(plan, epoch=epoch, rank=rank), Group.MICRO_STEP)
            )
            for step, micro_steps in enumerate(steps):
                for micro_step, slots in enumerate(micro_steps):
                    for slot, index in enumerate(slots):
                        if index == sample_index:
                            yield epoch, step, micro_step, rank, slot


@st.composite
def samples(
    draw: st.DrawFn, plans: st.SearchStrategy[Plan] = small_plans | staged_plans
) -> tuple[Plan, int]:
    """A plan and one of its samples, mostly one that is used."""
    plan = draw(plans)
    used = indices_of(select(plan, epoch=0, stop_step=1))
    any_sample = st.integers(0, plan.spec.dataset_size - 1)
    return plan, draw(st.sampled_from(used) | any_sample)


@moderate
@given(sample=samples())
def test_the_search_is_the_inverse_of_the_manifests(sample: tuple[Plan, int]) -> None:
    page = searched(*sample)

    found = [(o.epoch, o.step_in_epoch, o.micro_step, o.rank, o.slot) for o in page.occurrences]
    assert sorted(found) == sorted(uses_of(*sample))


@moderate
@given(sample=samples())
def test_the_sample_stands_at_every_position_that_is_found(sample: tuple[Plan, int]) -> None:
    plan, sample_index = sample

    page = searched(*sample)

    for epoch in range(plan.run.epochs):
        whole = indices_of(select(plan, epoch=epoch))
        here = [o.position for o in page.occurrences if o.epoch == epoch]
        assert here == [place for place, index in enumerate(whole) if index == sample_index]


@moderate
@given(sample=samples(small_plans))
def test_steps_count_through_the_run(sample: tuple[Plan, int]) -> None:
    plan, _ = sample

    page = searched(*sample)

    for use in page.occurrences:
        before = sum(plan.run.steps_in_epoch(epoch) for epoch in range(use.epoch))
        assert use.step == before + use.step_in_epoch


@moderate
@given(sample=samples())
def test_a_use_takes_its_sample_after_those_of_the_steps_before_it(
    sample: tuple[Plan, int],
) -> None:
    run = sample[0].run

    page = searched(*sample)

    for use in page.occurrences:
        earlier = sum(run.samples_in_epoch(epoch) for epoch in range(use.epoch))
        assert run.consumed_samples(use.step) <= earlier + use.position
        if use.step < run.total_steps:
            assert earlier + use.position < run.consumed_samples(use.step + 1)


@moderate
@given(sample=samples())
def test_every_epoch_has_a_use_or_is_absent(sample: tuple[Plan, int]) -> None:
    page = searched(*sample)

    used = {use.epoch for use in page.occurrences}
    assert used.isdisjoint(page.absent_epochs)
    assert used | {*page.absent_epochs} == {*range(sample[0].run.epochs)}


@moderate
@given(sample=samples(), spare=st.integers(0, 5))
def test_pages_of_whole_epochs_lead_through_everything(
    sample: tuple[Plan, int], spare: int
) -> None:
    whole = searched(*sample)
    limits = SearchLimits(entries=densest_epoch(whole) + spare, work=2**40)
    uses, absent, start = list[Occurrence](), list[int](), 0

    while start < whole.stop_epoch:
        page = searched(*sample, range(start, whole.stop_epoch), limits)
        assert page.entries <= limits.entries
        uses += page.occurrences
        absent += page.absent_epochs
        start = page.stop_epoch

    assert (uses, absent) == (whole.occurrences, whole.absent_epochs)


def densest_epoch(page: OccurrencePage) -> int:
    uses = [use.epoch for use in page.occurrences]
    return max((uses.count(epoch) for epoch in uses), default=1)


@pytest.mark.parametrize("method", [method for method in METHODS if method.has_passes])
def test_a_virtual_epoch_longer_than_the_dataset_uses_a_sample_in_every_pass(
    method: SamplingMethod,
) -> None:
    plan = plan_of(7, 5, steps_per_epoch=5, epochs=3, method=method)

    page = searched(plan, 3)

    # 75 positions are ten passes and five positions more
    assert len(page.occurrences) in {10, 11}
    assert [use.epoch for use in page.occurrences] == sorted(use.epoch for use in page.occurrences)


@pytest.mark.parametrize("sample_index", range(3))
def test_padding_is_what_stands_behind_the_dataset(sample_index: int) -> None:
    plan = plan_of(7, 5, remainder=Remainder.PAD, method=SamplingMethod.SEQUENTIAL)

    uses = searched(plan, sample_index).occurrences

    assert [(use.position, use.padding) for use in uses] == [
        (sample_index, False),
        (7 + sample_index, True),
    ]


def test_nothing_is_padding_where_passes_follow_one_another() -> None:
    plan = plan_of(7, 5, steps_per_epoch=2, method=SamplingMethod.SEQUENTIAL)

    uses = searched(plan, 2).occurrences

    assert [(use.position, use.padding) for use in uses] == [(2, False), (9, False)]


def test_a_sample_of_the_largest_dataset_is_found_at_once() -> None:
    plan = plan_of(FAR)
    (sample_index,) = indices_of(select(plan, epoch=0, start_step=FAR - 1))

    (use,) = searched(plan, sample_index, limits=SearchLimits(entries=1, work=3)).occurrences

    assert use.position == FAR - 1


def test_no_epochs_are_an_empty_page() -> None:
    page = searched(plan_of(10, epochs=3), 0, range(2, 2))

    assert (page.start_epoch, page.stop_epoch, page.entries) == (2, 2, 0)


def test_a_page_ends_where_the_work_would_exceed_its_limit() -> None:
    plan = plan_of(1_000, epochs=50, method=SamplingMethod.WITH_REPLACEMENT)

    page = searched(plan, 1, limits=SearchLimits(entries=10**6, work=4_500))

    assert (page.start_epoch, page.stop_epoch) == (0, 4)


@pytest.mark.parametrize(
    "limits", [SearchLimits(entries=99, work=999), SearchLimits(entries=2, work=9_999)]
)
def test_an_epoch_that_is_beyond_the_limits_by_itself_is_refused(limits: SearchLimits) -> None:
    plan = plan_of(3, steps_per_epoch=1_000, method=SamplingMethod.WITH_REPLACEMENT)

    with pytest.raises(WorkLimitError) as refusal:
        searched(plan, 1, limits=limits)

    assert refusal.value.faults[0].pointer == "/start_epoch"


def test_a_long_search_pauses_on_the_way() -> None:
    pages = [*growing_page(plan_of(1, epochs=1_000), 0, range(1_000), AMPLE)]

    stops = [page.stop_epoch for page in pages]
    assert stops[0] == 0
    assert stops[-1] == 1_000
    assert max(after - before for before, after in pairwise(stops)) <= 64


@pytest.mark.parametrize(("sample_index", "nearest"), [(-1, 0), (10, 9), (FAR, 9)])
def test_a_sample_outside_the_dataset_is_refused_with_the_nearest_one(
    sample_index: int, nearest: int
) -> None:
    with pytest.raises(UnknownSampleError) as refusal:
        check_sample(plan_of(10), sample_index)

    assert refusal.value.faults[0].nearest == (nearest,)


def test_a_sample_of_the_dataset_passes() -> None:
    check_sample(plan_of(10), 9)

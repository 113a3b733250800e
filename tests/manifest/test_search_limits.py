"""A search counts the orders that it has computed as a whole."""

from fractions import Fraction

import pytest

from app.errors import WorkLimitError
from app.manifest.occurrences import SearchLimits, growing_page
from app.plan.planner import Plan
from tests.frameworks.choices import choosing, plan_with

EPOCHS = 10**6


def drawn_by_one_generator() -> Plan:
    """An epoch of 1000 samples skips some 2000 words of the generator for each one before it."""
    framework = choosing("pytorch", sampler="RandomSampler")
    return plan_with(framework, dataset_size=1_000, epochs=Fraction(EPOCHS))


def test_a_search_ends_where_the_skips_of_a_generator_would_exceed_its_limit() -> None:
    plan = drawn_by_one_generator()
    limits = SearchLimits(entries=100, work=5_000)

    *_, page = growing_page(plan, 7, range(EPOCHS), limits)

    assert (page.start_epoch, page.stop_epoch) == (0, 2)


def test_an_epoch_that_a_generator_takes_long_to_reach_is_refused() -> None:
    plan = drawn_by_one_generator()
    limits = SearchLimits(entries=100, work=10**6)

    with pytest.raises(WorkLimitError) as refusal:
        [*growing_page(plan, 7, range(EPOCHS - 1, EPOCHS), limits)]

    (fault,) = refusal.value.faults
    assert (fault.code, fault.given) == ("search-too-long", EPOCHS - 1)
    assert f"{1_000 + (EPOCHS - 1) * 1_998 // 8 + 1_064} computed indices" in fault.detail

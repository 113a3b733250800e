from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.frameworks.grain.coverage import Reach
from app.plan.planner import Plan
from tests.frameworks.asking import Asking, lists_of
from tests.strategies import sparingly

GRAIN_PLANS = Asking({"name": "grain"})
reaches = st.builds(
    Reach,
    prefix=st.integers(0, 20),
    turn=st.just(5),
    first=st.integers(0, 5),
    turns=st.integers(1, 6),
)


def members_of(reach: Reach) -> list[int]:
    starts = range(reach.prefix, reach.prefix + reach.turn * reach.turns, reach.turn)
    return [*range(reach.prefix), *(start + k for start in starts for k in range(reach.first))]


def seen(plan: Plan) -> set[int]:
    lists = (lists_of(plan, epoch) for epoch in range(plan.run.epochs))
    return {each for ranks in lists for each in chain(*chain(*ranks))}


@sparingly
@given(reach=reaches, bound=st.integers(0, 60))
def test_members_are_counted_below_any_bound(reach: Reach, bound: int) -> None:
    found = reach.count_below(bound)

    assert found == sum(member < bound for member in members_of(reach))


@sparingly
@given(reach=reaches)
def test_a_reach_stops_behind_its_last_member(reach: Reach) -> None:
    assert reach.stop == max(members_of(reach), default=-1) + 1


@sparingly
@given(reach=reaches, size=st.integers(1, 40))
def test_residues_are_counted_where_the_prefix_is_shorter(reach: Reach, size: int) -> None:
    if reach.prefix < size:
        assert reach.distinct_residues(size) == len({each % size for each in members_of(reach)})


def test_too_many_residues_are_not_counted() -> None:
    reach = Reach(prefix=0, turn=2**40, first=2**20, turns=2**20)

    assert reach.distinct_residues(2**50 + 1) is None


@pytest.mark.parametrize(("turns", "passes"), [(10, 20), (10_000, 20_000)])
def test_many_passes_miss_a_sample_hardly_ever(turns: int, passes: int) -> None:
    reach = Reach(prefix=0, turn=8, first=1, turns=turns)

    found = reach.log_missed(4)

    # one member in every second pass of four samples
    assert found == pytest.approx(passes / 2 * -0.2876820724, rel=0.2)


@sparingly
@given(
    data=st.data(),
    method=st.sampled_from(["sequential", "shuffle", "shuffle_once"]),
    options=st.sampled_from(
        [
            {},
            {"drop_remainder": True},
            {"shard_drop_remainder": True},
            {"worker_count": 3},
            {"worker_count": 2, "drop_remainder": True},
            {"api": "MapDataset"},
            {"api": "MapDataset", "drop_remainder": True},
            {"api": "ElasticIterator"},
        ]
    ),
)
def test_a_count_is_that_of_the_lists(
    data: st.DataObject, method: str, options: dict[str, Any]
) -> None:
    once = method == "shuffle_once" and "api" not in options
    fields = {
        "dataset_size": data.draw(st.integers(3, 30)),
        "micro_batch_size": data.draw(st.integers(2, 3)),
        "data_parallel_size": data.draw(st.integers(1, 3)),
        "sampling": {"method": "shuffle" if once else method, "seed": data.draw(st.integers(0, 9))},
        "steps": data.draw(st.integers(1, 9)),
    }

    plan = GRAIN_PLANS.plan(fields, **options)

    if plan.coverage.exact:
        assert plan.coverage.distinct_samples == len(seen(plan))


@pytest.mark.parametrize(
    ("fields", "options", "distinct"),
    [
        ({"steps": 3}, {}, 12),
        ({"steps": 30}, {"shard_drop_remainder": True}, 100),
        ({"steps": 20}, {}, 80),
        ({"epochs": 1}, {}, 100),
        ({"epochs": 2}, {}, 101),
        ({"dataset_size": 65_537, "data_parallel_size": 1, "epochs": 1}, {}, 65_536),
        ({"dataset_size": 2 * 65_537, "steps": 40_000}, {}, 2 * 65_536),
        ({"dataset_size": 2**62 + 1, "steps": 2**60}, {"api": "ElasticIterator"}, 2**62),
        ({"steps": 26}, {"worker_count": 3, "shard_drop_remainder": True}, 100),
    ],
)
def test_a_count_is_the_same_for_every_seed(
    fields: dict[str, Any], options: dict[str, Any], distinct: int
) -> None:
    spec = {"dataset_size": 101, "micro_batch_size": 2, "data_parallel_size": 2, **fields}

    coverage = GRAIN_PLANS.plan(spec, **options).coverage

    assert (coverage.distinct_samples, coverage.exact) == (distinct, True)


def test_workers_that_stop_beside_the_end_of_a_pass_leave_an_expectation() -> None:
    spec = {"dataset_size": 100, "micro_batch_size": 8, "steps": 13}

    coverage = GRAIN_PLANS.plan(spec, worker_count=4).coverage

    # 96 samples for certain, then the members 96, 100, ... of which one is in the first pass
    assert not coverage.exact
    assert 97 < coverage.distinct_samples < 98


@pytest.mark.parametrize(("method", "distinct"), [("sequential", 97), ("shuffle_once", 97)])
def test_an_order_that_repeats_leaves_no_expectation(method: str, distinct: int) -> None:
    spec = {"dataset_size": 97, "micro_batch_size": 8, "data_parallel_size": 13, "epochs": 1}

    coverage = GRAIN_PLANS.plan({**spec, "sampling": {"method": method}}, api="MapDataset").coverage

    assert (coverage.distinct_samples, coverage.exact) == (distinct, True)


def test_what_repeats_is_counted_once() -> None:
    spec = {"dataset_size": 100, "micro_batch_size": 8, "steps": 14}
    sampling = {"sampling": {"method": "sequential"}}

    coverage = GRAIN_PLANS.plan({**spec, **sampling}, worker_count=4).coverage

    assert (coverage.distinct_samples, coverage.exact) == (98, True)

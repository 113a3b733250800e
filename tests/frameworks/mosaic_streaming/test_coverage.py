from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plan.planner import Plan
from tests.frameworks.asking import lists_of
from tests.frameworks.streaming_plans import SEQUENTIAL, planned
from tests.strategies import sparingly


def seen(plan: Plan) -> int:
    """Distinct samples, by looking at every list of the run."""
    lists = [
        micro_batch
        for e in range(plan.run.epochs)
        for rank in lists_of(plan, e)
        for micro_batch in rank
    ]
    return len({index for micro_batch in lists for index in micro_batch} - {-1})


@sparingly
@given(
    size=st.integers(8, 40),
    ranks=st.integers(1, 4),
    drop_last=st.booleans(),
    method=st.sampled_from(("sequential", "shuffle")),
    steps=st.integers(1, 12),
    options=st.sampled_from(
        ({}, {"epoch_size": 9}, {"epoch_size": 9, "sampling_method": "fixed"}, {"epoch_size": 80})
    ),
)
def test_an_exact_coverage_is_what_the_lists_hold(
    size: int, ranks: int, drop_last: bool, method: str, steps: int, options: dict[str, Any]
) -> None:
    plan = planned(
        {
            "dataset_size": size,
            "data_parallel_size": ranks,
            "steps": steps,
            "sampling": {"method": method, "seed": 5},
        },
        drop_last=drop_last and not options,
        shuffle_algo="py2s",
        **options,
    )

    coverage = plan.coverage

    assert not coverage.exact or coverage.distinct_samples == seen(plan)


@pytest.mark.parametrize(
    ("fields", "options", "distinct"),
    [
        ({"epochs": 5}, {}, 24),
        ({"steps": 3}, {}, 6),
        ({"steps": 3, **SEQUENTIAL}, {"num_canonical_nodes": 8}, 6),
        ({"dataset_size": 25, "epochs": 5, **SEQUENTIAL}, {"drop_last": True}, 24),
        ({"epochs": 5}, {"epoch_size": 48}, 24),
        ({"epochs": 1}, {"epoch_size": 10}, 10),
        ({"epochs": 5}, {"epoch_size": 10, "sampling_method": "fixed"}, 10),
        ({"epochs": 2}, {"sample_in_epoch": 20}, 24),
        ({"epochs": 1}, {"sample_in_epoch": 20}, 4),
        (
            {"dataset_size": 14, "data_parallel_size": 3, **SEQUENTIAL},
            {"num_physical_nodes": 3, "initial_physical_nodes": 2},
            14,
        ),
    ],
)
def test_a_coverage_that_every_seed_has_is_exact(
    fields: Mapping[str, Any], options: Mapping[str, Any], distinct: int
) -> None:
    coverage = planned(fields, **options).coverage

    assert (coverage.distinct_samples, coverage.exact) == (distinct, True)


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"dataset_size": 25, "epochs": 4}, {"drop_last": True, "micro_batch": 8}),
        ({"epochs": 3}, {"epoch_size": 10}),
        ({"epochs": 2}, {"epoch_size": 10, "sampling_method": "balanced"}),
        ({"steps": 13}, {"epoch_size": 48}),
    ],
)
def test_an_estimate_is_close_to_the_mean_over_many_seeds(
    fields: Mapping[str, Any], options: dict[str, Any]
) -> None:
    size = options.pop("micro_batch", 2)
    plans = [
        planned({**fields, "micro_batch_size": size, "sampling": {"seed": 1_000 * seed}}, **options)
        for seed in range(40)
    ]

    coverage = plans[0].coverage

    assert not coverage.exact
    assert coverage.distinct_samples == pytest.approx(sum(map(seen, plans)) / 40, rel=0.05)

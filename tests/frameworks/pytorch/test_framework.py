from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.finding import Severity
from tests.frameworks.asking import finding_of, lists_of
from tests.frameworks.torch_plans import RANDOM, TORCH
from tests.strategies import sparingly


@pytest.mark.parametrize(
    ("fields", "options", "code", "words"),
    [
        (
            {"epochs": 2},
            {"drop_last": True},
            "samples-dropped",
            "1 of 22 samples are dropped in every full epoch",
        ),
        (
            {"data_parallel_size": 4},
            {},
            "samples-padded",
            "every full epoch of 22 samples is filled up with 2 repeated samples",
        ),
        ({}, {}, "short-last-step", "has 1 of 3 samples"),
        (
            {"gradient_accumulation_steps": 3, "epochs": 2},
            {"accumulation": "carry"},
            "accumulation-carried",
            "8 micro-steps, an update takes 3: about 2.666667 updates per epoch",
        ),
        (
            {"gradient_accumulation_steps": 3},
            {"accumulation": "carry"},
            "accumulation-dropped",
            "ends 2 micro-steps after its last update, which needs 3: the gradients of 4 samples",
        ),
        ({"epochs": None, "steps": 9}, {}, "fractional-last-epoch", "epoch 1 after 1 of 8 steps"),
        (
            {"sampling": {"seed": 2**32 + 7}},
            {},
            "seed-truncated",
            "seed 4294967303 gives the orders of seed 7",
        ),
        ({"epochs": 3}, {}, "seeds-overlap", "share 2 orders"),
    ],
)
def test_a_finding_says_what_its_owner_should_know(
    fields: Mapping[str, Any], options: Mapping[str, Any], code: str, words: str
) -> None:
    plan = TORCH.plan(fields, **options)

    assert words in finding_of(plan, code).message


def test_a_schedule_without_a_flaw_has_no_finding() -> None:
    plan = TORCH.plan(
        {"dataset_size": 24, "data_parallel_size": 2, "sampling": {"method": "sequential"}}
    )

    assert plan.findings == ()


def test_no_finding_is_an_error_because_the_ranks_are_equal() -> None:
    plan = TORCH.plan({"dataset_size": 23, "data_parallel_size": 5, "epochs": 3})

    assert Severity.ERROR not in {finding.severity for finding in plan.findings}


@pytest.mark.parametrize("accumulation", ["flush", "carry"])
def test_a_step_that_crosses_the_end_of_an_epoch_loses_no_sample(accumulation: str) -> None:
    plan = TORCH.plan(
        {"gradient_accumulation_steps": 3, "epochs": 3, "data_parallel_size": 2},
        accumulation=accumulation,
    )

    seen = [
        sorted(sample for rank in lists_of(plan, epoch) for each in rank for sample in each)
        for epoch in range(3)
    ]

    assert seen == [[*range(22)]] * 3


def test_an_epoch_that_is_never_set_is_replayed() -> None:
    plan = TORCH.plan({"sampling": {"method": "shuffle_once", "seed": 5}, "epochs": 3})

    orders = [lists_of(plan, epoch) for epoch in range(3)]

    assert orders[0] == orders[1] == orders[2]


@sparingly
@given(
    dataset_size=st.integers(1, 60),
    micro_batch_size=st.integers(1, 9),
    ranks=st.integers(1, 6),
    epochs=st.integers(1, 4),
    method=st.sampled_from(["shuffle", "sequential", "shuffle_once"]),
)
def test_coverage_is_what_the_lists_hold_where_it_is_exact(
    dataset_size: int, micro_batch_size: int, ranks: int, epochs: int, method: str
) -> None:
    plan = TORCH.plan(
        {
            "dataset_size": dataset_size,
            "micro_batch_size": micro_batch_size,
            "data_parallel_size": ranks,
            "epochs": epochs,
            "sampling": {"method": method},
        },
        sampler_drop_last=dataset_size >= ranks,
    )

    seen = {
        sample
        for epoch in range(epochs)
        for rank in lists_of(plan, epoch)
        for each in rank
        for sample in each
    }

    assert not plan.coverage.exact or plan.coverage.distinct_samples == len(seen)


def test_draws_cover_what_independent_draws_are_expected_to_cover() -> None:
    plan = TORCH.plan(
        {"dataset_size": 10, "sampling": {"method": "with_replacement"}}, num_samples=20, **RANDOM
    )

    assert plan.coverage.distinct_samples == pytest.approx(10 * (1 - 0.9**20))


@pytest.mark.parametrize(("dataset_size", "alike"), [(2**28 - 1, True), (2**28, False)])
def test_versions_draw_alike_only_below_the_size_that_parts_them(
    dataset_size: int, *, alike: bool
) -> None:
    fields = {"dataset_size": dataset_size, "sampling": {"method": "with_replacement"}}

    old, new = (
        lists_of(TORCH.plan(fields, num_samples=5, **RANDOM, version=version))
        for version in ("2.6.0", "2.13.0")
    )

    assert (old == new) is alike


@pytest.mark.parametrize(
    ("options", "fields", "work"),
    [
        ({}, {}, 22),
        ({}, {"sampling": {"method": "sequential"}}, 0),
        (RANDOM, {"epochs": 9}, 22 + 8 * 2 * 21 // 8),
        ({**RANDOM, "generator": "global"}, {"epochs": 9}, 22 + (8 * 4 + 2) // 8),
    ],
)
def test_the_work_of_an_order_grows_with_the_epochs_that_are_skipped(
    options: Mapping[str, Any], fields: Mapping[str, Any], work: int
) -> None:
    plan = TORCH.plan(fields, **options)

    found = plan.framework.table_work(plan.spec, plan.run.epochs - 1)

    assert found == work


@pytest.mark.parametrize("version", ["2.5.1", "2.6.0", "2.13.0"])
def test_every_version_was_verified_against_itself(version: str) -> None:
    framework = TORCH.plan({}, version=version).framework

    assert framework.promise.verified == (version,)

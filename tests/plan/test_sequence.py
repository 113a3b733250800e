from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import FrameworkChoice, Sampling, SamplingMethod, TrainingSpec
from app.manifest.selection import select
from app.plan.planner import Plan, make_plan, plan_draft
from app.plan.sequence import COMPARED_SAMPLES, first_samples, parting_sample, sequence_key
from tests.frameworks.choices import EVERY_CHOICE, choosing, plan_with
from tests.manifest.reading import indices_of
from tests.plan.relatives import relatives, whole_run
from tests.strategies import small_specs


@given(pair=relatives())
def test_runs_with_equal_keys_take_the_same_samples_as_far_as_both_run(
    pair: tuple[Plan, Plan],
) -> None:
    one, other = map(whole_run, pair)
    shared = min(len(one), len(other))

    alike = sequence_key(pair[0]) == sequence_key(pair[1])

    assert not alike or one[:shared] == other[:shared]


@given(spec=small_specs())
def test_the_first_samples_are_the_start_of_the_whole_run(spec: TrainingSpec) -> None:
    plan = make_plan(spec)

    samples = first_samples(plan)

    assert samples.tolist() == whole_run(plan)[:COMPARED_SAMPLES]


def test_a_table_for_every_sample_is_too_much_work() -> None:
    plan = plan_draft(
        SpecDraft(
            dataset_size=65_535,
            global_batch_size=1,
            steps=10**6,
            steps_per_epoch=1,
            sampling=Sampling(method=SamplingMethod.RANDOM_SAMPLE),
        )
    )

    samples = first_samples(plan)

    assert 1 <= len(samples) < 100


def test_an_endless_run_is_looked_at_from_its_start() -> None:
    largest = 2**63 - 1
    plan = plan_draft(SpecDraft(dataset_size=largest, global_batch_size=largest, steps=largest))

    samples = first_samples(plan)

    assert len(samples) == COMPARED_SAMPLES


@pytest.mark.parametrize(
    ("one", "other", "parting"),
    [
        ([1, 2, 3], [1, 2, 3], None),
        ([1, 2, 3], [1, 2], None),
        ([1], [1, 2], None),
        ([1, 2, 3], [1, 5, 6], 1),
        ([4], [5], 0),
    ],
)
def test_runs_part_where_their_samples_first_differ(
    one: list[int], other: list[int], parting: int | None
) -> None:
    found = parting_sample(np.array(one), np.array(other))

    assert found == parting


@pytest.mark.parametrize("steps_per_epoch", [1_000, 100, 300, 7])
def test_virtual_epochs_of_any_length_are_one_sequence_with_plain_passes(
    steps_per_epoch: int,
) -> None:
    plain = SpecDraft(dataset_size=2_000, global_batch_size=10, epochs=Fraction(5))
    virtual = replace(plain, epochs=None, steps=1_000, steps_per_epoch=steps_per_epoch)

    keys = {sequence_key(plan_draft(draft)) for draft in (plain, virtual)}

    assert len(keys) == 1


def test_an_order_that_is_computed_as_a_whole_is_looked_at_while_it_is_short() -> None:
    short, long = (
        first_samples(plan_with(choosing("pytorch"), dataset_size=size))
        for size in (10_000, 2**24 + 1)
    )

    assert (len(short), len(long)) == (COMPARED_SAMPLES, 0)


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_the_first_samples_of_any_framework_are_those_of_its_manifests(
    choice: FrameworkChoice,
) -> None:
    plan = plan_with(choice)

    samples = first_samples(plan)

    manifests = [indices_of(select(plan, epoch=epoch)) for epoch in range(plan.run.epochs)]
    assert samples.tolist() == [index for manifest in manifests for index in manifest]

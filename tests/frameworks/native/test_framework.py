from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle
from app.arithmetic.spec import (
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)
from app.frameworks.native.framework import native_shape
from app.sampling.layout import contiguous
from tests.frameworks.reading import NATIVE, documented_sample, indices_of, sample_at, stream
from tests.strategies import small_specs, sparingly
from tests.tiny_specs import every_tiny_spec


@sparingly
@given(spec=small_specs(), epoch=st.integers(0, 3))
def test_every_sample_is_the_one_of_the_document(spec: TrainingSpec, epoch: int) -> None:
    positions = range(native_shape(spec).samples_per_epoch)

    found = indices_of(spec, epoch)

    assert found == [documented_sample(spec, epoch, position) for position in positions]


@pytest.mark.parametrize("epoch", [0, 2])
def test_every_sample_of_every_tiny_epoch_is_the_one_of_the_document(epoch: int) -> None:
    for spec in (spec for spec in every_tiny_spec() if spec.budget.amount == 1):
        positions = range(native_shape(spec).samples_per_epoch)

        found = indices_of(spec, epoch)

        assert found == [documented_sample(spec, epoch, position) for position in positions]


@pytest.mark.parametrize("method", SamplingMethod)
@pytest.mark.parametrize("dataset_size", [4_097, 65_536, 2**31 + 1, 2**32 - 1, 2**63 - 1])
def test_single_samples_of_large_datasets_are_those_of_the_document(
    dataset_size: int, method: SamplingMethod
) -> None:
    spec = settle(
        SpecDraft(
            dataset_size=dataset_size,
            global_batch_size=7,
            steps=10**9,
            steps_per_epoch=500,
            sampling=Sampling(method=method, seed=2**64 - 1),
        )
    )
    run = NATIVE.run(spec)
    order = NATIVE.order(spec, run, 3)
    positions = [0, 1_234, run.shape.samples_per_epoch - 1]

    found = [sample_at(order, position) for position in positions]

    assert found == [documented_sample(spec, 3, position) for position in positions]


@given(spec=small_specs(), steps_per_epoch=st.integers(1, 12))
def test_a_virtual_epoch_is_only_a_checkpoint(spec: TrainingSpec, steps_per_epoch: int) -> None:
    method = spec.sampling.method
    chained = method if method.has_passes else SamplingMethod.SHUFFLE
    sampling = Sampling(method=chained, seed=spec.sampling.seed)
    virtual = replace(spec, steps_per_epoch=steps_per_epoch, remainder=None, sampling=sampling)
    passes = replace(virtual, steps_per_epoch=None, remainder=Remainder.KEEP)

    samples = stream(virtual, 3)

    whole_passes = -(-len(samples) // spec.dataset_size)
    assert samples == stream(passes, whole_passes)[: len(samples)]


@pytest.mark.parametrize(
    ("dataset_size", "one", "many"),
    [(2_000, (1_000, 1), (100, 10)), (1_999, (700, 10), (1_000, 7)), (37, (1_000, 1), (10, 100))],
    ids=["passes end with epochs", "passes end inside epochs", "epochs longer than a pass"],
)
def test_a_thousand_steps_once_and_a_hundred_steps_ten_times_see_the_same_sequence(
    dataset_size: int, one: tuple[int, int], many: tuple[int, int]
) -> None:
    plain = settle(SpecDraft(dataset_size=dataset_size, global_batch_size=10, steps=1))

    sequences = [
        stream(replace(plain, steps_per_epoch=steps, remainder=None), epochs)
        for steps, epochs in (one, many)
    ]

    assert sequences[0] == sequences[1]


@sparingly
@given(spec=small_specs(SamplingMethod.RANDOM_SAMPLE), epoch=st.integers(0, 2**64))
def test_a_random_sample_takes_no_sample_twice(spec: TrainingSpec, epoch: int) -> None:
    samples = indices_of(spec, epoch)

    assert len({*samples}) == len(samples)


@pytest.mark.parametrize("method", [SamplingMethod.SHUFFLE, SamplingMethod.RANDOM_SAMPLE])
def test_every_epoch_has_an_order_of_its_own(method: SamplingMethod) -> None:
    spec = settle(
        SpecDraft(
            dataset_size=1_000,
            global_batch_size=10,
            epochs=Fraction(3),
            steps_per_epoch=100,
            sampling=Sampling(method=method),
        )
    )

    first, second = indices_of(spec, 0), indices_of(spec, 1)

    assert first != second
    assert sorted(first) == sorted(second) == [*range(1_000)]


@pytest.mark.parametrize(
    "method", [method for method in SamplingMethod if method is not SamplingMethod.RANDOM_SAMPLE]
)
def test_padding_repeats_the_order_from_its_head_as_often_as_it_takes(
    method: SamplingMethod,
) -> None:
    draft = SpecDraft(
        dataset_size=5,
        global_batch_size=12,
        epochs=Fraction(2),
        remainder=Remainder.PAD,
        sampling=Sampling(method=method),
    )

    samples = indices_of(settle(draft), 1)

    assert samples == (3 * samples[:5])[:12]


@sparingly
@given(spec=small_specs(), data=st.data())
def test_every_use_of_a_sample_is_found(spec: TrainingSpec, data: st.DataObject) -> None:
    order = NATIVE.order(spec, NATIVE.run(spec), 2)
    sample = data.draw(st.integers(0, spec.dataset_size - 1))
    samples = indices_of(spec, 2)

    found = order.positions_of(sample, stop=len(samples))

    assert [*found] == [place for place, held in enumerate(samples) if held == sample]


@pytest.mark.parametrize(
    ("dataset_size", "method", "tables"),
    [
        (65_535, SamplingMethod.SHUFFLE, 65_535),
        (65_536, SamplingMethod.SHUFFLE, 0),
        (9, SamplingMethod.SEQUENTIAL, 0),
        (9, SamplingMethod.WITH_REPLACEMENT, 0),
    ],
)
def test_only_small_shuffled_datasets_cost_a_table(
    dataset_size: int, method: SamplingMethod, tables: int
) -> None:
    sampling = Sampling(method=method)
    draft = SpecDraft(dataset_size=dataset_size, global_batch_size=1, steps=1, sampling=sampling)
    spec = settle(draft)

    work = NATIVE.order(spec, NATIVE.run(spec), 0).work(contiguous(range(1)))

    assert work == 1 + tables

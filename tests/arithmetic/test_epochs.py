import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.epochs import micro_steps, pass_shape, virtual_shape
from app.arithmetic.spec import BatchGeometry, Remainder, TrainingSpec
from app.frameworks.native.framework import native_shape
from tests.arithmetic.walking import walked_epoch, walked_micro_steps
from tests.strategies import INT64_MAX, geometries, sizes, small_specs, sparingly, specs


@pytest.mark.parametrize(
    ("dataset_size", "global_batch_size", "remainder", "steps", "last_step_samples"),
    [
        (20_000, 100, Remainder.KEEP, 200, 100),
        (2_000, 10, Remainder.KEEP, 200, 10),
        (1_281_167, 256, Remainder.KEEP, 5_005, 143),
        (1_281_167, 256, Remainder.DROP, 5_004, 256),
        (1_281_167, 256, Remainder.PAD, 5_005, 256),
        (5, 12, Remainder.KEEP, 1, 5),
        (5, 12, Remainder.PAD, 1, 12),
        (5, 12, Remainder.DROP, 0, 12),
        (1, 1, Remainder.DROP, 1, 1),
        (INT64_MAX, INT64_MAX, Remainder.PAD, 1, INT64_MAX),
        (INT64_MAX, 2, Remainder.KEEP, 2**62, 1),
    ],
)
def test_a_pass_has_known_steps(
    dataset_size: int,
    global_batch_size: int,
    remainder: Remainder,
    steps: int,
    last_step_samples: int,
) -> None:
    shape = pass_shape(dataset_size, solve_batch(global_batch_size=global_batch_size), remainder)

    assert (shape.steps_per_epoch, shape.last_step_samples) == (steps, last_step_samples)


@pytest.mark.parametrize(
    ("remainder", "difference"), [(Remainder.DROP, -143), (Remainder.PAD, 113)]
)
def test_the_samples_of_a_large_pass_are_dropped_or_padded_to_full_steps(
    remainder: Remainder, difference: int
) -> None:
    shape = pass_shape(1_281_167, solve_batch(global_batch_size=256), remainder)

    assert shape.samples_per_epoch - 1_281_167 == difference


@pytest.mark.parametrize(
    "dataset_size", [1, 2, *(2**bits + step for bits in (31, 32) for step in (-1, 1)), INT64_MAX]
)
@pytest.mark.parametrize("remainder", Remainder)
def test_single_samples_make_as_many_steps(dataset_size: int, remainder: Remainder) -> None:
    shape = pass_shape(dataset_size, solve_batch(global_batch_size=1), remainder)

    assert shape.steps_per_epoch == shape.samples_per_epoch == dataset_size


@given(dataset_size=sizes, batch=geometries())
def test_kept_and_dropped_samples_are_those_that_were_given(
    dataset_size: int, batch: BatchGeometry
) -> None:
    kept = pass_shape(dataset_size, batch, Remainder.DROP).samples_per_epoch

    assert kept % batch.global_batch_size == 0
    assert 0 <= dataset_size - kept < batch.global_batch_size


@given(dataset_size=sizes, batch=geometries())
def test_given_and_padded_samples_fill_full_steps(dataset_size: int, batch: BatchGeometry) -> None:
    filled = pass_shape(dataset_size, batch, Remainder.PAD).samples_per_epoch

    assert filled % batch.global_batch_size == 0
    assert 0 <= filled - dataset_size < batch.global_batch_size


@given(spec=small_specs())
def test_the_steps_of_an_epoch_are_those_of_a_walk_through_it(spec: TrainingSpec) -> None:
    shape = native_shape(spec)

    steps = [[*shape.step_positions(step)] for step in range(shape.steps_per_epoch)]

    assert steps == walked_epoch(spec)


@sparingly
@given(spec=small_specs())
def test_an_epoch_has_the_micro_steps_of_its_busiest_ranks(spec: TrainingSpec) -> None:
    walked = sum(walked_micro_steps(step, spec) for step in walked_epoch(spec))

    assert native_shape(spec).micro_steps_per_epoch == walked


@given(spec=specs(), data=st.data())
def test_steps_follow_one_another_without_a_gap(spec: TrainingSpec, data: st.DataObject) -> None:
    shape = native_shape(spec)
    step = data.draw(st.integers(0, shape.steps_per_epoch - 1))

    positions = shape.step_positions(step)

    after = shape.samples_per_epoch
    if step + 1 < shape.steps_per_epoch:
        after = shape.step_positions(step + 1).start
    assert positions.start < positions.stop == after
    assert shape.samples_in_step(step) == positions.stop - positions.start


@sparingly
@given(spec=specs())
def test_no_number_of_an_epoch_is_above_the_largest_integer(spec: TrainingSpec) -> None:
    shape = native_shape(spec)

    numbers = (shape.steps_per_epoch, shape.samples_per_epoch, shape.micro_steps_per_epoch)
    assert 1 <= min(numbers) <= max(numbers) <= INT64_MAX


@pytest.mark.parametrize("micro_batch_size", [1, 2, 3])
@pytest.mark.parametrize("data_parallel_size", [1, 2, 3, 4])
def test_a_short_step_takes_as_many_micro_steps_as_its_busiest_rank(
    micro_batch_size: int, data_parallel_size: int
) -> None:
    batch = solve_batch(
        micro_batch_size=micro_batch_size,
        gradient_accumulation_steps=3,
        data_parallel_size=data_parallel_size,
    )

    counts = [micro_steps(samples, batch) for samples in range(1, batch.global_batch_size)]

    busiest = [[*range(samples)][::data_parallel_size] for samples in range(1, 1 + len(counts))]
    assert counts == [len(hand[::micro_batch_size]) for hand in busiest]


@sparingly
@given(batch=geometries())
def test_a_full_step_accumulates_as_often_as_was_asked(batch: BatchGeometry) -> None:
    count = micro_steps(batch.global_batch_size, batch)

    assert count == batch.gradient_accumulation_steps


def test_a_virtual_epoch_is_as_long_as_its_steps_whatever_the_dataset() -> None:
    shape = virtual_shape(7, solve_batch(global_batch_size=10), 1_000)

    assert (shape.steps_per_epoch, shape.samples_per_epoch) == (1_000, 10_000)

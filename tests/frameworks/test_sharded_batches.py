from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.spec import BatchGeometry
from app.frameworks.sharded_batches import sharded_shape
from tests.strategies import geometries, integers_up_to, sparingly

SIZES = integers_up_to(2**40)
GEOMETRIES = geometries(most=2**40)


@sparingly
@given(SIZES, GEOMETRIES, st.booleans(), st.booleans())
def test_kept_and_dropped_samples_without_the_padding_are_the_dataset(
    size: int, batch: BatchGeometry, drop_last: bool, even_batches: bool
) -> None:
    shape = sharded_shape(size, batch, drop_last=drop_last, even_batches=even_batches)

    assert shape.samples_per_epoch + shape.dropped_samples - shape.padded_samples == size


@sparingly
@given(SIZES, GEOMETRIES, st.booleans())
def test_a_loader_that_drops_its_tail_never_pads(
    size: int, batch: BatchGeometry, even_batches: bool
) -> None:
    shape = sharded_shape(size, batch, drop_last=True, even_batches=even_batches)

    assert shape.padded_samples == 0
    assert shape.dropped_samples < batch.row_samples


@sparingly
@given(SIZES, GEOMETRIES)
def test_even_batches_fill_less_than_a_micro_step(size: int, batch: BatchGeometry) -> None:
    even = sharded_shape(size, batch, drop_last=False, even_batches=True)
    uneven = sharded_shape(size, batch, drop_last=False, even_batches=False)

    assert even.padded_samples < batch.row_samples
    assert even.steps_per_epoch == uneven.steps_per_epoch


@sparingly
@given(SIZES, st.integers(1, 100))
def test_even_batches_say_nothing_about_a_single_rank(size: int, micro_batch_size: int) -> None:
    batch = BatchGeometry.of(
        micro_batch_size=micro_batch_size, gradient_accumulation_steps=1, data_parallel_size=1
    )

    shape = sharded_shape(size, batch, drop_last=False, even_batches=True)

    assert shape == sharded_shape(size, batch, drop_last=False, even_batches=False)

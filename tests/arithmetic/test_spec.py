from hypothesis import given

from app.arithmetic.spec import BatchGeometry, SamplingMethod, TrainingSpec
from tests.strategies import geometries, sparingly, specs


@sparingly
@given(batch=geometries())
def test_a_geometry_is_named_by_its_factors(batch: BatchGeometry) -> None:
    again = BatchGeometry.of(
        micro_batch_size=batch.micro_batch_size,
        gradient_accumulation_steps=batch.gradient_accumulation_steps,
        data_parallel_size=batch.data_parallel_size,
    )

    assert again == batch


def test_only_draws_and_samples_have_no_passes() -> None:
    without = {method for method in SamplingMethod if not method.has_passes}

    assert without == {SamplingMethod.RANDOM_SAMPLE, SamplingMethod.WITH_REPLACEMENT}


@sparingly
@given(spec=specs())
def test_an_epoch_has_fixed_steps_or_a_remainder(spec: TrainingSpec) -> None:
    assert spec.is_virtual is (spec.remainder is None)

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.passes import PassPoint, first_pass_point, pass_point
from app.arithmetic.spec import TrainingSpec
from app.frameworks.native.framework import native_shape
from tests.arithmetic.walking import walked_epoch
from tests.strategies import small_specs, sparingly, specs


def walked_points(spec: TrainingSpec, epochs: int) -> list[list[PassPoint]]:
    """Pass and place of every position of the first epochs, counted sample by sample."""
    points: list[list[PassPoint]] = []
    number = place = 0
    for epoch in range(epochs):
        if not spec.is_virtual:
            number, place = epoch, 0
        points.append([])
        for _ in chain.from_iterable(walked_epoch(spec)):
            points[-1].append(PassPoint(number, place))
            place += 1
            if place == spec.dataset_size:
                number, place = number + spec.is_virtual, 0
    return points


@sparingly
@given(spec=small_specs())
def test_every_position_stands_where_a_walk_comes_by(spec: TrainingSpec) -> None:
    shape = native_shape(spec)

    points = [
        [pass_point(spec, shape, epoch, position) for position in range(shape.samples_per_epoch)]
        for epoch in range(3)
    ]

    assert points == walked_points(spec, 3)


@sparingly
@given(spec=specs(), epoch=st.integers(0, 2**70))
def test_an_epoch_begins_where_its_first_position_stands(spec: TrainingSpec, epoch: int) -> None:
    shape = native_shape(spec)

    first = first_pass_point(spec, shape, epoch)

    assert first == pass_point(spec, shape, epoch, 0)
    assert 0 <= first.position < spec.dataset_size

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.spec import TrainingSpec
from app.frameworks.native.framework import native_shape
from app.sampling.layout import Layout, Progression, rank_positions
from tests.frameworks.reading import NATIVE, indices_of
from tests.strategies import small_specs, sparingly


def positions_of(spec: TrainingSpec, positions: range, rank: int) -> Progression:
    return rank_positions(NATIVE.layout(spec), positions, spec.batch, rank)


@sparingly
@given(spec=small_specs(), data=st.data())
def test_the_ranks_partition_the_positions_of_every_range_of_steps(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    shape = native_shape(spec)
    stop = data.draw(st.integers(1, shape.steps_per_epoch))
    start = data.draw(st.integers(0, stop - 1))
    positions = range(shape.step_positions(start).start, shape.step_positions(stop - 1).stop)

    taken = [
        positions_of(spec, positions, rank).positions()
        for rank in range(spec.batch.data_parallel_size)
    ]

    assert sorted(position for each in taken for position in each) == [*positions]


@sparingly
@given(spec=small_specs())
def test_consecutive_positions_go_round_the_ranks(spec: TrainingSpec) -> None:
    assert NATIVE.layout(spec) is Layout.STRIDED


@given(spec=small_specs(), data=st.data())
def test_the_samples_of_a_step_do_not_depend_on_the_geometry(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    size = spec.batch.global_batch_size
    ranks = data.draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
    other = replace(spec, batch=solve_batch(global_batch_size=size, data_parallel_size=ranks))

    steps = [[*samples_of_steps(each)] for each in (spec, other)]

    assert steps[0] == steps[1]


def samples_of_steps(spec: TrainingSpec) -> Iterator[list[int]]:
    """What all ranks together see in every step of epoch 1, sorted."""
    shape, indices = native_shape(spec), indices_of(spec, 1)
    for step in range(shape.steps_per_epoch):
        yield sorted(
            indices[position]
            for rank in range(spec.batch.data_parallel_size)
            for position in positions_of(spec, shape.step_positions(step), rank).positions()
        )

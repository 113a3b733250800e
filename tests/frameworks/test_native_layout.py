from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.spec import (
    BatchGeometry,
    TrainingSpec,
)
from app.frameworks.protocol import Place
from tests.frameworks.reading import NATIVE, indices_of
from tests.strategies import geometries, small_specs, sparingly

small_geometries = geometries(most=60)


@sparingly
@given(spec=small_specs(), data=st.data())
def test_the_ranks_partition_the_positions_of_every_range_of_steps(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    shape = NATIVE.shape(spec)
    stop = data.draw(st.integers(1, shape.steps_per_epoch))
    start = data.draw(st.integers(0, stop - 1))
    positions = range(shape.step_positions(start).start, shape.step_positions(stop - 1).stop)

    taken = [
        NATIVE.rank_positions(positions, spec.batch, rank).positions()
        for rank in range(spec.batch.data_parallel_size)
    ]

    assert sorted(position for each in taken for position in each) == [*positions]


@sparingly
@given(batch=small_geometries)
def test_every_place_of_a_full_step_is_taken_once(batch: BatchGeometry) -> None:
    places = {NATIVE.place_in_step(position, batch) for position in range(batch.global_batch_size)}

    assert places == {
        Place(rank, micro_step, slot)
        for rank in range(batch.data_parallel_size)
        for micro_step in range(batch.gradient_accumulation_steps)
        for slot in range(batch.micro_batch_size)
    }


@sparingly
@given(batch=small_geometries, step=st.integers(0, 50))
def test_a_rank_fills_its_slots_in_the_order_of_its_positions(
    batch: BatchGeometry, step: int
) -> None:
    start = step * batch.global_batch_size
    positions = range(start, start + batch.global_batch_size)
    turns = [
        (micro_step, slot)
        for micro_step in range(batch.gradient_accumulation_steps)
        for slot in range(batch.micro_batch_size)
    ]

    for rank in range(batch.data_parallel_size):
        taken = NATIVE.rank_positions(positions, batch, rank).positions()
        places = [NATIVE.place_in_step(position - start, batch) for position in taken]

        assert places == [Place(rank, *turn) for turn in turns]


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
    shape, indices = NATIVE.shape(spec), indices_of(spec, 1)
    for step in range(shape.steps_per_epoch):
        yield sorted(
            indices[position]
            for rank in range(spec.batch.data_parallel_size)
            for position in NATIVE.rank_positions(
                shape.step_positions(step), spec.batch, rank
            ).positions()
        )

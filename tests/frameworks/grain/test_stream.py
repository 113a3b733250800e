from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.spec import BatchGeometry, Budget, BudgetUnit
from app.frameworks.grain.slices import SlicedStream
from app.frameworks.grain.stream import LoaderStream
from app.sampling.rank_ranges import RankRanges
from tests.strategies import sparingly

small = st.integers(1, 6)
ONE_PASS = Budget(unit=BudgetUnit.EPOCHS, amount=Fraction(1))


def geometry(micro_batch_size: int, ranks: int) -> BatchGeometry:
    return BatchGeometry.of(
        micro_batch_size=micro_batch_size, gradient_accumulation_steps=1, data_parallel_size=ranks
    )


@st.composite
def loaders(draw: st.DrawFn) -> LoaderStream:
    ranks = draw(small)
    return LoaderStream(
        ranges=RankRanges(dataset_size=draw(st.integers(ranks, 80)), ranks=ranks),
        batch=geometry(draw(small), ranks),
        num_epochs=1,
        drop_remainder=draw(st.booleans()),
        worker_count=draw(st.integers(0, 7)),
    )


@st.composite
def slices(draw: st.DrawFn) -> SlicedStream:
    return SlicedStream(
        ranges=RankRanges(dataset_size=draw(st.integers(1, 80)), ranks=1),
        batch=geometry(draw(small), draw(small)),
        num_epochs=draw(small),
        drop_remainder=draw(st.booleans()),
    )


def micro_batches(stream: LoaderStream) -> list[int]:
    """Sizes of the micro-batches that the workers of one rank make, in turn."""
    workers, size = max(1, stream.worker_count), stream.batch.micro_batch_size
    left = [len(range(worker, stream.members, workers)) for worker in range(workers)]
    sizes: list[int] = []
    while any(left):
        sizes += [min(size, mine) for mine in left if mine]
        left = [max(0, mine - size) for mine in left]
    return [each for each in sizes if each == size or not stream.drop_remainder]


@sparingly
@given(stream=loaders())
def test_a_loader_loads_what_its_workers_batch(stream: LoaderStream) -> None:
    assert stream.samples == sum(micro_batches(stream)) * stream.batch.data_parallel_size


@sparingly
@given(stream=loaders())
def test_full_and_short_micro_steps_are_all_there_are(stream: LoaderStream) -> None:
    sizes = micro_batches(stream)
    full = sizes.count(stream.batch.micro_batch_size)

    assert stream.full_micro_steps == full
    assert stream.drop_remainder or stream.short_micro_steps == len(sizes) - full


@sparingly
@given(stream=loaders())
def test_the_steps_of_a_run_are_those_micro_batches(stream: LoaderStream) -> None:
    if not stream.samples:
        return
    run = stream.run(ONE_PASS, None)

    found = [
        grid.samples_in(step)
        for grid in map(run.grid, range(run.epochs))
        for step in range(grid.steps)
    ]

    assert found == [each * stream.batch.data_parallel_size for each in micro_batches(stream)]


@sparingly
@given(stream=slices())
def test_ranks_load_their_slices(stream: SlicedStream) -> None:
    size, ranks = stream.batch.micro_batch_size, stream.batch.data_parallel_size
    mine = [len(range(rank, stream.length, ranks)) for rank in range(ranks)]

    assert [stream.members_of(rank) for rank in range(ranks)] == mine
    loaded = [each // size * size if stream.drop_remainder else each for each in mine]
    assert stream.samples == sum(loaded)


@sparingly
@given(stream=slices())
def test_ranks_that_are_ahead_have_a_micro_batch_more(stream: SlicedStream) -> None:
    size, ranks = stream.batch.micro_batch_size, stream.batch.data_parallel_size
    mine = [stream.members_of(rank) // size for rank in range(ranks)]

    assert stream.ahead == sum(each > min(mine) for each in mine)


@pytest.mark.parametrize(
    ("size", "rounded"), [(2**50, ()), (2**62 + 2**40 + 1, (0,)), (2**62 + 2**40, ())]
)
def test_lengths_are_divided_in_doubles(size: int, rounded: tuple[int, ...]) -> None:
    stream = SlicedStream(
        ranges=RankRanges(dataset_size=size, ranks=1),
        batch=geometry(2**40, 1),
        num_epochs=1,
        drop_remainder=False,
    )

    assert stream.rounded_ranks == rounded

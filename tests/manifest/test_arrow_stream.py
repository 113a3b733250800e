from io import BytesIO

import nanoarrow as na
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanoarrow.ipc import InputStream

from app.manifest.arrow_stream import ROWS_PER_RECORD_BATCH, arrow_blocks
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection, select
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import arrow_columns, indices_of, steps_of


def stream_of(selection: Selection, index_type: IndexType = IndexType.INT64) -> na.ArrayStream:
    content = b"".join(arrow_blocks(selection, index_type))
    return na.ArrayStream(InputStream.from_readable(BytesIO(content)))


def rows_per_batch(selection: Selection) -> list[int]:
    with stream_of(selection) as stream:
        return [len(batch) for batch in stream]


@moderate
@given(selection=selections(), index_type=st.sampled_from(IndexType))
def test_every_row_has_its_step_and_its_sample(selection: Selection, index_type: IndexType) -> None:
    columns = arrow_columns(b"".join(arrow_blocks(selection, index_type)))

    assert columns == {
        "step_in_epoch": steps_of(selection),
        "sample_index": indices_of(selection),
    }


@pytest.mark.parametrize("index_type", IndexType)
@pytest.mark.parametrize("stop_step", [0, 3])
def test_columns_have_their_types_and_no_nulls(index_type: IndexType, stop_step: int) -> None:
    selection = select(plan_of(10), epoch=0, stop_step=stop_step)

    with stream_of(selection, index_type) as stream:
        fields = [(field.name, field.type.name, field.nullable) for field in stream.schema.fields]

    assert fields == [
        ("step_in_epoch", "INT64", False),
        ("sample_index", index_type.name, False),
    ]


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (1, [1]),
        (ROWS_PER_RECORD_BATCH, [ROWS_PER_RECORD_BATCH]),
        (ROWS_PER_RECORD_BATCH + 1, [ROWS_PER_RECORD_BATCH, 1]),
    ],
)
def test_record_batches_have_a_fixed_number_of_rows(count: int, rows: list[int]) -> None:
    selection = select(plan_of(count), epoch=0)

    assert rows_per_batch(selection) == rows


def test_a_record_batch_that_touches_many_tables_is_computed_in_pieces() -> None:
    # every index of this rank stands in a pass of its own, and every pass has a table
    plan = plan_of(65_000, ranks=100_000, steps_per_epoch=1_000)
    selection = select(plan, epoch=0, rank=0, stop_step=300)

    pieces = [*arrow_blocks(selection, IndexType.INT64)]

    assert pieces.count(b"") > 2
    assert rows_per_batch(selection) == [300]


@pytest.mark.parametrize("rank", [None, 1])
def test_an_empty_selection_is_one_empty_record_batch_even_at_the_far_end(
    rank: int | None,
) -> None:
    plan = plan_of(FAR, ranks=2)
    selection = select(plan, epoch=0, rank=rank, start_step=plan.run.shape.steps_per_epoch)

    assert rows_per_batch(selection) == [0]


def test_a_reader_may_leave_in_the_middle() -> None:
    blocks = arrow_blocks(select(plan_of(200_000), epoch=0), IndexType.INT64)
    next(blocks)

    blocks.close()  # type: ignore[attr-defined] # a generator, though declared an iterator

    assert [*blocks] == []

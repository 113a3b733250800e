from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib import format as npy_format

from app.errors import WorkLimitError
from app.manifest.encodings import FILES
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection, select
from app.manifest.virtual_file import VirtualFile, npy_file, npy_header, raw_file
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import indices_of

names = st.sampled_from([*FILES])
types = st.sampled_from(IndexType)


def read(file: VirtualFile, start: int = 0, stop: int | None = None) -> bytes:
    stop = file.size if stop is None else stop
    return b"".join(file.blocks(start, stop, block_bytes=2**18))


@moderate
@given(selection=selections(), name=names, index_type=types, data=st.data())
def test_any_byte_range_is_that_part_of_the_whole_file(
    selection: Selection, name: str, index_type: IndexType, data: st.DataObject
) -> None:
    file = FILES[name](selection, index_type)
    start = data.draw(st.integers(0, file.size))
    stop = data.draw(st.integers(start, file.size))
    block_bytes = data.draw(st.integers(1, 100))

    part = b"".join(file.blocks(start, stop, block_bytes=block_bytes))

    assert part == read(file)[start:stop]


@moderate
@given(selection=selections(), name=names, index_type=types)
def test_the_size_is_known_without_the_content(
    selection: Selection, name: str, index_type: IndexType
) -> None:
    file = FILES[name](selection, index_type)

    assert file.size == len(read(file))


@moderate
@given(selection=selections(), block_indices=st.integers(1, 9))
def test_no_piece_is_above_its_bound(selection: Selection, block_indices: int) -> None:
    file = raw_file(selection, IndexType.INT64)

    pieces = [*file.blocks(0, file.size, block_bytes=8 * block_indices)]

    assert all(1 <= len(piece) <= 8 * block_indices for piece in pieces)


@moderate
@given(selection=selections(), index_type=types)
def test_numpy_loads_the_same_indices_with_their_type(
    selection: Selection, index_type: IndexType
) -> None:
    loaded = np.load(BytesIO(read(npy_file(selection, index_type))))

    assert loaded.tolist() == indices_of(selection)
    assert loaded.dtype == index_type.numpy_type


@pytest.mark.parametrize("count", [0, 1, 9, 10, 1_281_167, 10**9, 2**40, 2**62])
@pytest.mark.parametrize("index_type", IndexType)
def test_the_header_is_the_one_that_numpy_writes(count: int, index_type: IndexType) -> None:
    theirs = BytesIO()
    fields = {"descr": index_type.numpy_type.str, "fortran_order": False, "shape": (count,)}
    npy_format.write_array_header_1_0(theirs, fields)

    assert npy_header(count, index_type) == theirs.getvalue()


def test_the_largest_count_has_a_header_of_the_same_length() -> None:
    assert len(npy_header(FAR, IndexType.UINT32)) == len(npy_header(0, IndexType.INT64)) == 128


def test_the_last_byte_of_the_largest_file_is_as_near_as_the_first() -> None:
    plan = plan_of(FAR, 2**20)
    selection = select(plan, epoch=0, stop_step=2**40 - 1)
    file = raw_file(selection, IndexType.INT64)
    out = np.empty(1, np.int64)
    selection.order().fill(out, start=file.size // 8 - 1)

    last = read(file, file.size - 8)

    assert np.frombuffer(last, "<i8").tolist() == out.tolist()


@pytest.mark.parametrize("rank", [None, 1])
@pytest.mark.parametrize("name", FILES)
def test_a_file_above_int64_is_refused_with_the_last_stop_that_is_not(
    name: str, rank: int | None
) -> None:
    plan = plan_of(FAR, 2**10, ranks=2, steps_per_epoch=2**52 - 1)
    whole = select(plan, epoch=0, rank=rank, start_step=5)
    with pytest.raises(WorkLimitError) as refusal:
        FILES[name](whole, IndexType.INT64)

    (stop,) = (int(value) for value in refusal.value.faults[0].nearest)

    assert FILES[name](whole.until(stop), IndexType.INT64).size <= FAR
    with pytest.raises(WorkLimitError):
        FILES[name](whole.until(stop + 1), IndexType.INT64)


def test_a_single_step_above_int64_has_no_nearest_slice() -> None:
    with pytest.raises(WorkLimitError) as refusal:
        raw_file(select(plan_of(FAR, 2**61), epoch=0), IndexType.INT64)

    assert refusal.value.faults[0].nearest == ()

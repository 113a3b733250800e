import numpy as np
import pytest

from app.errors import InvalidSelectionError
from app.manifest.index_type import IndexType, fitting


@pytest.mark.parametrize(("kind", "size"), [(IndexType.INT64, 8), (IndexType.UINT32, 4)])
def test_an_index_takes_the_bytes_of_its_type(kind: IndexType, size: int) -> None:
    assert kind.item_bytes == size


@pytest.mark.parametrize("kind", IndexType)
def test_indices_are_little_endian_and_keep_their_value(kind: IndexType) -> None:
    narrowed = kind.little_endian(np.array([1, 2**32 - 1], np.int64))

    assert narrowed.tobytes()[:2] == b"\x01\x00"
    assert narrowed.tolist() == [1, 2**32 - 1]


def test_int64_is_not_copied() -> None:
    indices = np.arange(3, dtype=np.int64)

    assert IndexType.INT64.little_endian(indices) is indices


@pytest.mark.parametrize(("kind", "size"), [(IndexType.UINT32, 2**32), (IndexType.INT64, 2**63)])
def test_a_type_that_holds_every_index_fits(kind: IndexType, size: int) -> None:
    assert fitting(kind, size) is kind


def test_a_dataset_above_uint32_is_refused_with_the_type_that_fits() -> None:
    with pytest.raises(InvalidSelectionError) as refusal:
        fitting(IndexType.UINT32, 2**32 + 1)

    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.given, fault.nearest) == ("/dtype", "uint32", ("int64",))


def test_an_unsigned_type_is_refused_where_places_are_blank() -> None:
    with pytest.raises(InvalidSelectionError) as refusal:
        fitting(IndexType.UINT32, 10, has_blanks=True)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer, fault.nearest) == (
        "dtype-without-sign",
        "/dtype",
        ("int64",),
    )


@pytest.mark.parametrize(
    ("kind", "has_blanks"), [(IndexType.INT64, True), (IndexType.UINT32, False)]
)
def test_blank_places_need_a_sign_and_nothing_else(kind: IndexType, has_blanks: bool) -> None:
    assert fitting(kind, 10, has_blanks=has_blanks) is kind

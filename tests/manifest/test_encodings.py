import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.manifest.encodings import ENCODINGS, FILES, STREAMS
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection
from tests.manifest.plans import moderate, selections
from tests.manifest.reading import READERS, indices_of, written


@moderate
@given(
    selection=selections(), name=st.sampled_from([*READERS]), index_type=st.sampled_from(IndexType)
)
def test_every_format_carries_the_same_indices(
    selection: Selection, name: str, index_type: IndexType
) -> None:
    content = written(selection, name, index_type)

    assert READERS[name](content, index_type) == indices_of(selection)


def test_every_format_but_json_is_a_file_or_a_stream() -> None:
    assert {*FILES} | {*STREAMS} | {"json"} == {*ENCODINGS}
    assert not {*FILES} & {*STREAMS}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_format_has_lists_or_a_type_but_never_both(name: str) -> None:
    encoding = ENCODINGS[name]

    assert encoding.name == name
    assert not (encoding.groups and encoding.typed)

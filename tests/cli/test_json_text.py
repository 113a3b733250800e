import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.json_text import json_text, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("indent", [None, 2])
@given(value=VALUES)
def test_without_decimals_the_text_is_that_of_the_standard_library(
    value: object, indent: int | None
) -> None:
    separators = (",", ":") if indent is None else None

    text = json_text(value, indent=indent)

    assert text == json.dumps(value, indent=indent, separators=separators)


def test_nothing_in_it_is_one_line_whatever_the_indent() -> None:
    assert json_text({"a": {}, "b": []}, indent=2) == '{\n  "a": {},\n  "b": []\n}'


@pytest.mark.parametrize("digits", ["2.50", "0.1", "1E+9", "123456789012345678901234567890.5"])
def test_a_decimal_keeps_its_digits(digits: str) -> None:
    assert json_text([Decimal(digits)]) == f"[{digits}]"


def test_numbers_come_back_by_their_digits() -> None:
    assert json_text(read_json(b'{"passes":5.0,"total":18446744073709551616}')) == (
        '{"passes":5.0,"total":18446744073709551616}'
    )


@pytest.mark.parametrize("value", [1.5, {1}, object()])
def test_what_json_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        json_text({"a": value})

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.json_faults import DEPTH_LIMIT, MEMBERS_LIMIT
from app.web.json_reading import (
    DIGITS_LIMIT,
    FAULTS_LIMIT,
    BlemishedError,
    decode,
    diagnose,
)

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def object_of(members: int) -> str:
    return json.dumps({f"member{number}": number for number in range(members)})


@given(DOCUMENTS, st.booleans())
def test_what_json_writes_is_read_as_it_was(document: object, ascii_only: bool) -> None:
    assert decode(json.dumps(document, ensure_ascii=ascii_only)) == document


@given(DOCUMENTS)
def test_what_can_be_read_has_nothing_wrong(document: object) -> None:
    assert diagnose(json.dumps(document)) == []


@pytest.mark.parametrize("written", ["2.5", "2.50", "1e3", "0.1000000000000000000000001"])
def test_a_number_with_a_fraction_or_an_exponent_keeps_its_digits(written: str) -> None:
    number = decode(written)

    assert number == Decimal(written)
    assert str(number) == str(Decimal(written))


@pytest.mark.parametrize(
    ("text", "pointer", "code"),
    [
        ('{"epochs": NaN}', "/epochs", "not-a-number"),
        ('{"epochs": [1, Infinity]}', "/epochs/1", "not-a-number"),
        ('{"epochs": -Infinity}', "/epochs", "not-a-number"),
        ('{"a": {"b": 1, "b": 1}}', "/a/b", "repeated-key"),
        ('{"a": [{}, {"b": 1, "b": 1}]}', "/a/1/b", "repeated-key"),
        (r'{"name": "\ud800"}', "/name", "lone-surrogate"),
        (r'{"\udfff": 1}', "/\N{REPLACEMENT CHARACTER}", "lone-surrogate"),
        (r'"\udc00"', "", "lone-surrogate"),
        ('{"seed": ' + "9" * (DIGITS_LIMIT + 1) + "}", "/seed", "endless-digits"),
        ('{"epochs": 1.' + "0" * DIGITS_LIMIT + "}", "/epochs", "endless-digits"),
        ('{"epochs": 1e4301}', "/epochs", "endless-digits"),
        ('{"epochs": 1e-4301}', "/epochs", "endless-digits"),
        ('{"epochs": 1e99999999999999999999}', "/epochs", "endless-digits"),
        (
            '{"a": ' + nested(DEPTH_LIMIT) + "}",
            "/a" + "/0" * (DEPTH_LIMIT - 1),
            "nested-too-deeply",
        ),
        (nested(100_000), "", "nested-too-deeply"),
        (f'{{"a": {object_of(MEMBERS_LIMIT + 1)}}}', "/a", "too-many-members"),
        ("", "", "not-json"),
        ('{"epochs": 1', "", "not-json"),
        ("{'epochs': 1}", "", "not-json"),
        ('\ufeff{"epochs": 1}', "", "not-json"),
        ('{"a": NaN, "b": 01}', "", "not-json"),
    ],
)
def test_what_readers_disagree_about_is_refused_and_located(
    text: str, pointer: str, code: str
) -> None:
    with pytest.raises((BlemishedError, json.JSONDecodeError, RecursionError)):
        decode(text)

    assert [(fault.pointer, fault.code) for fault in diagnose(text)] == [(pointer, code)]


@pytest.mark.parametrize(
    "text",
    [
        '{"seed": ' + "9" * DIGITS_LIMIT + "}",
        '{"epochs": 1e4300}',
        '{"epochs": 1e-4300}',
        nested(DEPTH_LIMIT),
        object_of(MEMBERS_LIMIT),
        '"' + "[" * 1000 + '"',
        r'{"name": "\ud83d\ude00 \u00e9"}',
        '[{"a": 1}, {"a": 1}]',
    ],
)
def test_what_is_just_legal_is_read(text: str) -> None:
    decode(text)

    assert diagnose(text) == []


def test_everything_that_is_wrong_is_found_at_once() -> None:
    text = r'{"a": NaN, "b": ["\ud800", {"c": 1, "c": 2}], "d": 1e5000}'

    pointers = [fault.pointer for fault in diagnose(text)]

    assert pointers == ["/a", "/b/0", "/b/1/c", "/d"]


def test_faults_without_end_are_not_all_listed_and_that_is_said() -> None:
    faults = diagnose("[" + "NaN, " * 10_000 + "0]")

    assert len(faults) == FAULTS_LIMIT
    assert (faults[0].pointer, faults[-1].code) == ("/0", "too-many-faults")


def test_a_syntax_error_says_where_it_is() -> None:
    (fault,) = diagnose('{\n  "epochs": 01}')

    assert fault.detail == "Expecting ',' delimiter, at line 2, column 14"
    assert fault.given == "1}"


def test_a_pointer_escapes_the_keys_it_is_made_of() -> None:
    (fault,) = diagnose('{"a/b~c": NaN}')

    assert fault.pointer == "/a~1b~0c"


def test_a_key_without_end_is_cut_in_the_pointer() -> None:
    (fault,) = diagnose('{"' + "k" * 10_000 + '": NaN}')

    assert len(fault.pointer) <= 61

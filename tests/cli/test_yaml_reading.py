import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.reading import NODES_LIMIT, POINTER_LIMIT, Mark
from app.cli.yaml_reading import read_json_document, read_yaml

# YAML takes no control characters, and no key of more than 1,024 characters
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cn", "Co", "Cs")), max_size=50)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)
CONFUSING = st.text("ab:-[]{},&*!#|>'\"%@`? \n\t\\0123456789.eEu~<=_\x85\u2028\U0001f600")


def test_a_document_is_read_with_the_place_of_every_key() -> None:
    reading = read_yaml("a: 1\nb:\n  c: [x, 2.50]\n  'd e': \"1\"\n")

    assert reading.value == {"a": 1, "b": {"c": ["x", Decimal("2.50")], "d e": "1"}}
    assert reading.marks["/b/c"] == Mark(3, 3)
    assert reading.marks["/b/c/1"] == Mark(3, 10)
    assert reading.marks["/b/d e"] == Mark(4, 3)
    assert reading.flaws == ()


@pytest.mark.parametrize(
    ("text", "code", "mark"),
    [
        ("a: 1\na: 2\n", "repeated-key", Mark(2, 1)),
        ("a: &x 1\n", "anchor", Mark(1, 4)),
        ("a: !!int '1'\n", "tag", Mark(1, 4)),
        ("a: !custom {}\n", "tag", Mark(1, 4)),
        ("a: 1\n---\nb: 2\n", "several-documents", Mark(2, 1)),
        ("a: 1\n1: 2\n", "key-not-text", Mark(2, 1)),
        ("? [a]\n: 2\n", "key-not-text", Mark(1, 3)),
        ("<<: {a: 1}\n", "merge-key", Mark(1, 1)),
        ("a:\n  b: .inf\n", "not-a-number", Mark(2, 6)),
        ('a: "\\ud800"\n', "lone-surrogate", Mark(1, 4)),
        ("a: [1, 2\nb: 3\n", "not-yaml", Mark(2, 2)),
        ("a: 'b\n", "not-yaml", Mark(2, 1)),
        ("ab: \x07\n", "not-yaml", Mark(1, 5)),
        ('a: "\\UFFFFFFFF"\n', "not-yaml", Mark(1, 1)),
        (f"a:\n  {'k' * POINTER_LIMIT}: 1\n", "key-too-long", Mark(2, 3)),
        (f"a: {[1] * NODES_LIMIT}", "too-many-members", Mark(1, 59_996)),
        ("", "empty", Mark(1, 1)),
        ("# nothing\n", "empty", Mark(1, 1)),
    ],
)
def test_a_flaw_is_told_with_its_place(text: str, code: str, mark: Mark) -> None:
    flaws = read_yaml(text).flaws

    assert [(flaw.code, flaw.mark) for flaw in flaws] == [(code, mark)]


def test_every_flaw_is_told_at_once() -> None:
    reading = read_yaml("a: 1\na: 2\n3: 4\nb: .nan\n<<: 5\n")

    assert [flaw.mark.line for flaw in reading.flaws] == [2, 3, 4, 5]


def test_an_alias_is_refused_before_anything_grows() -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(3))

    codes = {flaw.code for flaw in read_yaml(bomb).flaws}

    assert codes == {"anchor", "alias"}


@pytest.mark.parametrize("text", ["[" * 65 + "]" * 65, "[" * 100_000])
def test_levels_without_end_are_refused(text: str) -> None:
    assert [flaw.code for flaw in read_yaml(text).flaws] == ["nested-too-deeply"]


def test_as_many_levels_as_may_be_are_read() -> None:
    assert read_yaml("[" * 64 + "]" * 64).flaws == ()


def test_json_is_read_by_the_same_rules() -> None:
    reading = read_json_document('{\n\t"a": 1e2,\n\t"b": "\\ud83d\\ude00\\/"\n}')

    assert reading.value == {"a": Decimal("1e2"), "b": "\N{GRINNING FACE}/"}
    assert reading.marks["/b"] == Mark(3, 2)


@pytest.mark.parametrize(
    ("text", "code", "mark"),
    [
        ("{a: 1}", "not-json", Mark(1, 2)),
        ('{"a": 1,\n "a": 2}', "repeated-key", Mark(2, 2)),
        ('{"a": NaN}', "not-a-number", Mark(1, 7)),
        ("[" * 100_000, "nested-too-deeply", Mark(1, 1)),
    ],
)
def test_a_flaw_of_json_is_told_with_its_place(text: str, code: str, mark: Mark) -> None:
    flaws = read_json_document(text).flaws

    assert [(flaw.code, flaw.mark) for flaw in flaws] == [(code, mark)]


@given(value=st.dictionaries(TEXTS, VALUES), indent=st.sampled_from([None, 0, 2, "\t"]))
def test_json_means_what_the_standard_library_takes_it_for(
    value: object, indent: int | str | None
) -> None:
    reading = read_json_document(json.dumps(value, indent=indent))

    assert (reading.value, reading.flaws) == (value, ())


@given(text=CONFUSING)
def test_whatever_the_text_it_is_read_or_its_flaws_are_told(text: str) -> None:
    for read in (read_yaml, read_json_document):
        assert all(flaw.message for flaw in read(text).flaws)


def test_an_integer_of_json_may_have_many_digits_but_not_endless_ones() -> None:
    reading = read_json_document(f'{{"a": {"9" * 4300}, "b": {"9" * 4301}}}')

    assert [flaw.pointer for flaw in reading.flaws] == ["/b"]

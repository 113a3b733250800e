import pytest

from app.configs.document import parse_either, parse_json, parse_yaml


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('{"a": 1,\n "b": }', "line 2, column 7: Expecting value"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ("[1]", "the config is a list, no mapping of keys"),
        ('{"a": 1, "a": 2}', "a is given twice"),
    ],
)
def test_json_that_is_none_is_told_where(text: str, detail: str) -> None:
    _, faults = parse_json(text)

    assert [fault.detail for fault in faults] == [detail]


def test_json_that_is_too_deep_is_a_fault() -> None:
    _, faults = parse_json('{"a":' * 100_000)

    assert [fault.code for fault in faults] == ["malformed-config"]


def test_json_with_endless_digits_is_a_fault() -> None:
    _, faults = parse_json(f'{{"a": {"9" * 5000}}}')

    assert [fault.code for fault in faults] == ["malformed-config"]


def test_every_key_of_json_that_is_given_twice_is_told() -> None:
    _, faults = parse_json('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}')

    assert [fault.given for fault in faults] == ["c", "a"]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("a: 1\nb: [", "line 2, column 5: expected the node content, but found '<stream end>'"),
        ("a: !python/object:os.system x", "line 1, column 4: could not determine"),
        ("", "the config is nothing, no mapping of keys"),
        ("- a", "the config is a list, no mapping of keys"),
        ("a: 1\nb: 2\na: 3\nb: 4", "line 3: a is given twice"),
        ("a: 2024-13-45", "month must be in 1..12"),
        ("a: \x00", "line 1: a character that no YAML may have"),
    ],
)
def test_yaml_that_is_none_is_told_where(text: str, detail: str) -> None:
    _, faults = parse_yaml(text)

    assert faults[0].detail.startswith(detail)


def test_every_key_of_yaml_that_is_given_twice_is_told_with_its_line() -> None:
    _, faults = parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 3")

    assert sorted(fault.detail for fault in faults) == [
        "line 2: c is given twice",
        "line 3: a is given twice",
    ]


def test_yaml_that_is_too_deep_is_a_fault() -> None:
    _, faults = parse_yaml("a: " + "[" * 5000)

    assert [fault.code for fault in faults] == ["malformed-config"]


def test_yaml_may_merge_several_mappings() -> None:
    values, faults = parse_yaml("x: &x {a: 1}\ny: &y {b: 2}\nz:\n  <<: *x\n  <<: *y\n")

    assert values["z"] == {"a": 1, "b": 2}
    assert faults == []


def test_numbers_of_yaml_are_exact() -> None:
    values, _ = parse_yaml(
        "a: 1e9\nb: 0.1\nc: 1_000.5\nd: .inf\ne: 1:30.5\nf: 123456789012345678.5"
    )

    assert {name: str(value) for name, value in values.items()} == {
        "a": "1E+9",
        "b": "0.1",
        "c": "1000.5",
        "d": ".inf",
        "e": "1:30.5",
        "f": "123456789012345678.5",
    }


def test_keys_that_are_numbers_become_texts() -> None:
    assert parse_yaml("1: {true: a}")[0] == {"1": {"True": "a"}}


def test_yaml_in_flow_style_is_no_broken_json() -> None:
    assert parse_either("{a: 1, b: [2]}") == ({"a": 1, "b": [2]}, [])


def test_what_is_neither_is_told_as_json_where_it_begins_like_json() -> None:
    _, faults = parse_either('{"a": [}')

    assert faults[0].allowed == "readable JSON"

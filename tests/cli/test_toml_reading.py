from decimal import Decimal

import pytest

from app.cli.reading import DEPTH_LIMIT, NODES_LIMIT, POINTER_LIMIT, Mark
from app.cli.toml_reading import read_toml

TEXT = """\
dataset_size = 1_000
epochs = 2.50

[sampling]
  seed = 0x1F
"method" = "shuffle"

[[streams]]
framework.name = "native"
"""


def test_a_document_is_read_with_the_line_of_every_key() -> None:
    reading = read_toml(TEXT)

    assert reading.value == {
        "dataset_size": 1000,
        "epochs": Decimal("2.50"),
        "sampling": {"seed": 31, "method": "shuffle"},
        "streams": [{"framework": {"name": "native"}}],
    }
    assert reading.marks["/epochs"] == Mark(2, 1)
    assert reading.marks["/sampling"] == Mark(4, 1)
    assert reading.marks["/sampling/seed"] == Mark(5, 3)
    assert reading.marks["/sampling/method"] == Mark(6, 1)


@pytest.mark.parametrize(
    ("text", "code", "mark"),
    [
        ("a = 1\na = 2\n", "not-toml", Mark(2, 6)),
        ("a = [1,\n", "not-toml", Mark(2, 1)),
        ("a = 1\nb = nan\n", "not-a-number", Mark(2, 1)),
        ("[a]\nb = [-inf]\n", "not-a-number", Mark(2, 1)),
        ("a = 2020-01-01\n", "not-plain", Mark(1, 1)),
        ("a = " + "9" * 5000, "not-toml", Mark(1, 1)),
        ("a = " + "[" * 5000, "nested-too-deeply", Mark(1, 1)),
        ("a = " + "[" * 100 + "]" * 100, "nested-too-deeply", Mark(1, 1)),
        (".".join("a" * (DEPTH_LIMIT + 1)) + " = 1", "nested-too-deeply", Mark(1, 1)),
        (f"[a]\n{'k' * POINTER_LIMIT} = 1", "key-too-long", Mark(1, 1)),
        (f"a = {['x'] * NODES_LIMIT}", "too-many-members", Mark(1, 1)),
        ("a = 1\nb = 1e" + "9" * 30, "endless-digits", Mark(2, 1)),
        ("a = 1\nb = 1." + "9" * 5000, "endless-digits", Mark(2, 1)),
    ],
)
def test_a_flaw_is_told_with_its_place(text: str, code: str, mark: Mark) -> None:
    flaws = read_toml(text).flaws

    assert [(flaw.code, flaw.mark) for flaw in flaws] == [(code, mark)]


@pytest.mark.parametrize(
    "part", ["a", " a ", '"a"', "'a'", r'"\""', '","', "'='", '"\u2028"', "\ta\t", '"]"']
)
@pytest.mark.parametrize("ahead", ["x = 1\n", "x = 1\n[", "x = 1\ny = {"])
def test_a_key_of_very_many_parts_is_refused_before_it_is_read(part: str, ahead: str) -> None:
    (flaw,) = read_toml(ahead + ".".join([part] * 30_000) + " = 1").flaws

    assert (flaw.code, flaw.mark) == ("nested-too-deeply", Mark(2, 1))


@pytest.mark.parametrize(
    "text",
    [
        f"a = {[0.5] * 100}",
        f"a = '{'one. two three. ' * 100}'",
        f"a = '{'x, y.' * 100}'",
        f"a.b = '...{'.' * 100}'",
        f'a = "{"." * 100}"',
    ],
)
def test_dots_that_are_no_key_are_read(text: str) -> None:
    assert read_toml(text).flaws == ()


def test_what_is_large_but_legal_is_read() -> None:
    deep = ".".join("a" * DEPTH_LIMIT) + " = 1\n"
    long = "k" * (POINTER_LIMIT - 1) + " = 1\n"
    many = f"b = {['x'] * (NODES_LIMIT - 2 * DEPTH_LIMIT - 5)}\n"

    assert read_toml(deep + long + many).flaws == ()


def test_marks_take_no_more_room_than_the_text() -> None:
    lines = "".join(f"x{number} = 1\n" for number in range(20_000))
    text = f"a = '''\n[{'k' * 5000}]\n{lines}'''\n"

    assert sum(map(len, read_toml(text).marks)) < len(text)


def test_every_value_that_is_not_plain_is_told_at_once() -> None:
    flaws = read_toml("a = nan\nb = {c = inf, d = 1, e = true, f = 'x'}\n").flaws

    assert [flaw.pointer for flaw in flaws] == ["/a", "/b/c"]

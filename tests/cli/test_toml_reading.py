from decimal import Decimal

import pytest

from app.cli.reading import Mark
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
    ],
)
def test_a_flaw_is_told_with_its_place(text: str, code: str, mark: Mark) -> None:
    flaws = read_toml(text).flaws

    assert [(flaw.code, flaw.mark) for flaw in flaws] == [(code, mark)]


def test_every_value_that_is_not_plain_is_told_at_once() -> None:
    flaws = read_toml("a = nan\nb = {c = inf, d = 1, e = true, f = 'x'}\n").flaws

    assert [flaw.pointer for flaw in flaws] == ["/a", "/b/c"]

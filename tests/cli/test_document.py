import sys
from pathlib import Path

import pytest

from app.cli.document import BYTES_LIMIT, Document, read_document, shown_path, subject_of
from app.cli.problem import FailedError, Problem, Spot
from tests.cli.invoking import written


def refusal_of(path: str) -> list[Problem]:
    with pytest.raises(FailedError) as refusal:
        read_document(path)
    return list(refusal.value.problems)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "a:\n  b: 1\n"),
        ("a.YML", "a:\n  b: 1\n"),
        ("a.json", '{"a":\n {"b": 1}}'),
        ("a", '{"a":\n\t{"b": 1}}'),
        ("a.toml", "[a]\nb = 1\n"),
        ("a.yaml", "\ufeffa:\r\n  b: 1\r\n"),
    ],
)
def test_the_suffix_says_the_language(here: Path, name: str, text: str) -> None:
    document = read_document(written(here, text, name))

    assert document.fields == {"a": {"b": 1}}
    assert document.spot_of("/a/b").line == 2


def test_flow_yaml_that_is_no_json_is_read_as_yaml(here: Path) -> None:
    assert read_document(written(here, "{a: 1}")).fields == {"a": 1}


def test_brackets_without_end_are_a_flaw_in_every_language(here: Path) -> None:
    (problem,) = refusal_of(written(here, '{"a":' * 100_000))

    assert problem.code == "nested-too-deeply"


def test_a_pointer_without_a_key_stands_at_the_nearest_one(here: Path) -> None:
    document = read_document(written(here, "a: 0\nb:\n  c: 1\n"))

    spots = [document.spot_of(pointer) for pointer in ("/b/c/d", "/b/x", "/x", "")]

    assert [spot.line for spot in spots] == [3, 2, 1, 1]


@pytest.mark.parametrize("text", ["- a\n", "7", '"a"', "[1]"])
def test_what_is_no_object_is_refused(here: Path, text: str) -> None:
    (problem,) = refusal_of(written(here, text))

    assert problem.code == "not-an-object"


def test_every_flaw_has_the_place_in_the_file(here: Path) -> None:
    problems = refusal_of(written(here, "a: 1\na: 2\nb: .inf\n"))

    assert [str(problem.spot) for problem in problems] == ["spec.yaml:2:1", "spec.yaml:3:4"]


def test_a_file_that_is_not_there_is_told(here: Path) -> None:
    (problem,) = refusal_of(str(here / "no.yaml"))

    assert "No such file" in problem.message


def test_a_folder_is_no_document(here: Path) -> None:
    (problem,) = refusal_of(str(here))

    assert problem.code == "unreadable"


def test_a_file_that_is_too_long_is_not_read(here: Path) -> None:
    (problem,) = refusal_of(written(here, "#" * (BYTES_LIMIT + 1)))

    assert problem.code == "too-long"


def test_bytes_that_are_no_text_are_told_with_their_place(here: Path) -> None:
    path = here / "spec.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")

    (problem,) = refusal_of(str(path))

    assert (problem.code, str(problem.spot)) == ("not-utf-8", "spec.yaml:2:4")


def test_a_path_is_shown_from_here_where_it_is_within(here: Path) -> None:
    (here / "specs").mkdir()

    assert shown_path(str(here / "specs" / "a.yaml")) == "specs/a.yaml"
    assert shown_path("/etc/a.yaml") == "/etc/a.yaml"


@pytest.mark.parametrize(
    ("path", "subject"), [(None, "options"), ("-", "<stdin>"), ("./a.yaml", "a.yaml")]
)
def test_a_report_names_what_it_is_about(path: str | None, subject: str) -> None:
    assert subject_of(path) == subject


def test_standard_input_is_shown_but_is_no_file_to_open() -> None:
    spot = Document(None, {}, {}).spot_of("/a")

    assert spot == Spot(option="<stdin>:1:1")


def test_a_path_of_no_name_is_told() -> None:
    (problem,) = refusal_of("")

    assert problem.message == "a file without a name cannot be read: No such file or directory"
    assert subject_of("") == ""


def test_standard_input_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    (problem,) = refusal_of("-")

    assert problem.message == "- cannot be read: Bad file descriptor"


def test_a_path_is_shown_as_it_is_where_the_folder_is_gone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()

    assert shown_path("spec.yaml") == "spec.yaml"
    assert refusal_of("spec.yaml")[0].code == "unreadable"

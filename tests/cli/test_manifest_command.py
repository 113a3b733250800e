import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.cli import manifest_command, rows
from app.cli.download import download
from app.cli.planner_link import PlannerLink
from tests.cli.invoking import SPEC, invoked, read, written


@pytest.fixture
def plan_id(here: Path) -> str:
    return str(read("plan", written(here, SPEC))["plan_id"])


def manifest(*words: str, epoch: str = "0") -> object:
    """What the service itself says, as one flat list."""
    plan = words[0]
    with PlannerLink(None) as link:
        path = f"/v1/plans/{plan}/epochs/{epoch}/manifest"
        return link.read("GET", path, query={"group": "flat"}, holding={})["sample_indices"]


@contextmanager
def few_at_once(monkeypatch: pytest.MonkeyPatch, indices: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(rows, "INDICES_AT_ONCE", indices)
        yield


def test_raw_indices_are_written_and_verified(here: Path, plan_id: str) -> None:
    done = invoked("manifest", plan_id, "--epoch", "0", "-o", "out")

    content = (here / "out").read_bytes()
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"out: verified: sha256 {hashlib.sha256(content).hexdigest()}\n"
    assert np.frombuffer(content, "<i8").tolist() == manifest(plan_id)


def test_a_spec_names_its_plan_and_the_slice_is_what_was_asked_for(here: Path) -> None:
    words = ("--rank", "1", "--start-step", "2", "--stop-step", "4", "--dtype", "uint32")

    done = invoked(
        "manifest", written(here, SPEC), "--epoch", "9", *words, "--as", "npy", "-o", "out.npy"
    )

    indices = np.load(here / "out.npy")
    assert (done.exit_code, indices.dtype, len(indices)) == (0, np.dtype("<u4"), 50)


@pytest.mark.parametrize("encoding", ["raw", "npy"])
def test_standard_output_takes_the_bytes(plan_id: str, encoding: str) -> None:
    done = invoked("manifest", plan_id, "--epoch=0", "-o", "-", "--as", encoding)

    indices = np.frombuffer(done.stdout_bytes[-16000:], "<i8").tolist()
    assert (done.exit_code, indices) == (0, manifest(plan_id))
    assert done.stderr.startswith("-: verified")


@pytest.mark.parametrize("indices", [1, 700, 10**6])
def test_csv_is_the_same_however_many_steps_come_at_once(
    here: Path, plan_id: str, monkeypatch: pytest.MonkeyPatch, indices: int
) -> None:
    with few_at_once(monkeypatch, indices):
        done = invoked("manifest", plan_id, "--epoch=0", "-o", "out.csv", "--as", "csv")

    lines = (here / "out.csv").read_text().splitlines()
    assert (done.exit_code, lines[0]) == (0, "step_in_epoch,position,sample_index")
    assert [int(line.rpartition(",")[2]) for line in lines[1:]] == manifest(plan_id)
    assert not (here / "out.csv.part").exists()


def test_a_slice_of_the_steps_is_what_lines_are_written_of(plan_id: str) -> None:
    words = ("--start-step", "3", "--stop-step", "5")

    done = invoked("manifest", plan_id, "--epoch=0", "-o-", "--as", "ndjson", *words)

    assert [line.partition(",")[0] for line in done.stdout.splitlines()] == [
        '{"step_in_epoch":3',
        '{"step_in_epoch":4',
    ]
    assert done.stderr == "-: not verified: a digest is of raw bytes, not of ndjson\n"


def test_no_steps_are_a_header_and_nothing_else(here: Path, plan_id: str) -> None:
    done = invoked("manifest", plan_id, "--epoch=0", "-o", "out", "--as", "csv", "--stop-step", "0")

    assert (done.exit_code, (here / "out").read_text()) == (
        0,
        "step_in_epoch,position,sample_index\n",
    )


@pytest.mark.parametrize("encoding", ["raw", "csv"])
@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("--epoch", "10"), "--epoch"),
        (("--epoch", "0", "--rank", "4"), "--rank"),
        (("--epoch", "0", "--stop-step", "21"), "--stop-step"),
        (("--epoch", "0", "--start-step", "3", "--stop-step", "2"), "--stop-step"),
    ],
)
def test_what_does_not_exist_is_told_by_its_option(
    here: Path, plan_id: str, encoding: str, words: tuple[str, ...], place: str
) -> None:
    done = invoked("manifest", plan_id, *words, "-o", "out", "--as", encoding)

    assert done.exit_code == 1
    assert place in {line.partition(": ")[0] for line in done.stderr.splitlines()}
    assert [path.name for path in here.iterdir()] == ["spec.yaml"]


@pytest.mark.parametrize("number", ["x", "-1", "true", "1.0", ".nan"])
def test_what_is_no_integer_is_told_before_anything_is_asked(number: str) -> None:
    words = (f"--rank={number}", f"--start-step={number}")

    done = invoked("manifest", "ep1_x", "--epoch=0", "-o", "out", *words)

    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 2)


def test_an_interruption_leaves_with_130_and_no_file(
    here: Path, plan_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(manifest_command, "pour_rows", interrupted)

    done = invoked("manifest", plan_id, "--epoch=0", "-o", "out", "--as", "csv")

    assert (done.exit_code, done.stderr) == (130, "interrupted\n")
    assert [path.name for path in here.iterdir()] == ["spec.yaml"]


def test_an_interrupted_download_is_continued_by_the_same_command(
    here: Path, plan_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(link: PlannerLink, *others: object) -> str:
        monkeypatch.setattr("app.cli.pieces.PIECE_BYTES", 5000)
        asked = link.ask

        def ask(method: str, path: str, **words: object) -> httpx.Response:
            if words.get("headers", {}) == {"range": "bytes=0-4999"}:
                return asked(method, path, **words)  # type: ignore[arg-type]  # handed on
            raise KeyboardInterrupt

        monkeypatch.setattr(link, "ask", ask)
        return download(link, *others)  # type: ignore[arg-type]  # handed on

    with monkeypatch.context() as patch:
        patch.setattr(manifest_command, "download", interrupted)
        first = invoked("manifest", plan_id, "--epoch=0", "-o", "out")
    monkeypatch.undo()
    monkeypatch.chdir(here)
    kept = (here / "out.part").stat().st_size

    second = invoked("manifest", plan_id, "--epoch=0", "-o", "out")

    assert (first.exit_code, kept, second.exit_code) == (130, 5000, 0)
    assert (here / "out").stat().st_size == 16000


@pytest.mark.parametrize("encoding", ["raw", "csv"])
def test_a_pipe_takes_what_standard_output_would(here: Path, plan_id: str, encoding: str) -> None:
    os.mkfifo(here / "pipe")
    reader = os.open(here / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    done = invoked("manifest", plan_id, "--epoch=0", "-o", "pipe", "--as", encoding)

    there = invoked("manifest", plan_id, "--epoch=0", "-o", "-", "--as", encoding)
    assert (done.exit_code, os.read(reader, 2**20)) == (0, there.stdout_bytes)
    assert (here / "pipe").is_fifo()
    os.close(reader)


def test_a_folder_is_refused_before_anything_is_fetched(here: Path, plan_id: str) -> None:
    (here / "folder").mkdir()

    done = invoked("manifest", plan_id, "--epoch=0", "-o", "folder")

    assert done.exit_code == 1
    assert done.stderr == "error[not-written]: folder cannot be written: Is a directory\n"
    assert sorted(path.name for path in here.iterdir()) == ["folder", "spec.yaml"]


def test_text_has_no_type_of_index(plan_id: str) -> None:
    words = ("--as", "csv", "--dtype", "int64", "--rank", "x")

    done = invoked("manifest", plan_id, "--epoch=0", "-o", "-", *words)

    assert (done.exit_code, done.stderr.splitlines()) == (
        1,
        [
            "--rank: error[illegal-option]: x is no integer from 0 on",
            "--dtype: error[illegal-option]: csv is text, and has no type of index",
        ],
    )

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from app.cli import pieces
from app.cli.download import download, poured
from app.cli.manifest_request import Encoding, ManifestRequest
from app.cli.part_file import PartFile
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError
from tests.cli.serving import Spoil, as_it_is, spoiled_link

SIZE = 8 * 1000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_BYTES", 3000)


def told(_came: int, _size: int | None) -> None:
    """Nobody watches."""


def request_to(link: PlannerLink, encoding: Encoding = Encoding.RAW) -> ManifestRequest:
    fields = {"dataset_size": 1000, "global_batch_size": 10, "epochs": 1}
    plan_id = str(link.read("POST", "/v1/plans", body=fields, holding={})["plan_id"])
    return ManifestRequest(plan_id=plan_id, epoch=0, selection={}, dtype="", encoding=encoding)


def broken_after(pieces_that_come: int) -> Spoil:
    """The connection breaks when one more piece is asked for."""
    left = [pieces_that_come]

    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if "range" in request.headers:
            left[0] -= 1
            if left[0] < 0:
                raise httpx.ReadError("connection reset by peer")
        return answer

    return spoil


def downloaded(spoil: Spoil = as_it_is, encoding: Encoding = Encoding.RAW, **settings: Any) -> str:
    link, _ = spoiled_link(spoil, **settings)
    with link:
        return download(link, request_to(link, encoding), "out", told)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_raw_file_is_there_whole_and_verified(here: Path) -> None:
    verdict = downloaded()

    content = (here / "out").read_bytes()
    assert verdict == f"verified: sha256 {hashlib.sha256(content).hexdigest()}"
    assert sorted(np.frombuffer(content, "<i8")) == list(range(1000))
    assert names(here) == ["out"]


def test_a_numpy_file_is_verified_without_its_header(here: Path) -> None:
    verdict = downloaded(encoding=Encoding.NPY)

    assert verdict.startswith("verified: sha256 ")
    assert sorted(np.load(here / "out")) == list(range(1000))


def test_what_broke_off_goes_on_where_it_ended(here: Path) -> None:
    with pytest.raises(FailedError, match=r"connection reset by peer .*; out\.part keeps"):
        downloaded(broken_after(2))
    kept = (here / "out.part").stat().st_size
    link, transport = spoiled_link()
    with link:
        request = request_to(link)

        verdict = download(link, request, "out", told)

    ranges = [each.headers["range"] for each in transport.requests if "range" in each.headers]
    assert (kept, ranges) == (6000, ["bytes=6000-8999"])
    assert verdict.startswith("verified")
    assert names(here) == ["out"]


def test_what_broke_off_before_it_began_leaves_nothing_behind(here: Path) -> None:
    with pytest.raises(FailedError) as failure:
        downloaded(broken_after(0))

    assert [problem.code for problem in failure.value.problems] == ["service-unreachable"]
    assert names(here) == []


@pytest.mark.parametrize(
    "notes",
    [
        {"source": "another", "etag": '"x"'},
        {"source": "/v1", "etag": 7},
        {"etag": '"x"'},
        [],
    ],
)
def test_the_beginning_of_another_file_is_not_continued(here: Path, notes: object) -> None:
    (here / "out.part").write_bytes(b"x" * 100)
    (here / "out.part.json").write_text(json.dumps(notes))

    verdict = downloaded()

    assert verdict.startswith("verified")


def test_a_beginning_of_which_nothing_is_known_is_not_continued(here: Path) -> None:
    (here / "out.part").write_bytes(b"x" * 100)

    assert downloaded().startswith("verified")


def test_a_file_that_has_changed_is_fetched_anew(here: Path) -> None:
    with pytest.raises(FailedError):
        downloaded(broken_after(2))
    notes = json.loads((here / "out.part.json").read_text())
    (here / "out.part.json").write_text(json.dumps({**notes, "etag": '"older"'}))

    verdict = downloaded()

    assert verdict.startswith("verified")
    assert (here / "out").stat().st_size == SIZE


def test_a_beginning_that_was_damaged_is_found_out_and_dropped(here: Path) -> None:
    with pytest.raises(FailedError):
        downloaded(broken_after(2))
    with (here / "out.part").open("r+b") as part:
        part.write(b"damaged")

    with pytest.raises(FailedError) as failure:
        downloaded()

    assert failure.value.problems[0].code == "digest-mismatch"
    assert names(here) == []


def test_what_is_too_long_to_digest_is_said_to_be_unverified(here: Path) -> None:
    verdict = downloaded(work_indices=100)

    assert verdict.startswith("not verified: the digest takes 2000 computed indices")
    assert (here / "out").stat().st_size == SIZE


def test_a_digest_that_is_refused_for_another_reason_fails(here: Path) -> None:
    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if not request.url.path.endswith("/digest"):
            return answer
        problem = {"code": "too-busy", "detail": "busy", "errors": []}
        headers = {"content-type": "application/problem+json"}
        return httpx.Response(503, json=problem, headers=headers)

    with pytest.raises(FailedError, match="busy"):
        downloaded(spoil)

    assert "out" not in names(here)


def test_a_full_disk_is_told_and_leaves_no_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    appended = PartFile.append
    came: list[int] = []

    def append(part: PartFile, content: bytes, etag: str) -> None:
        came.append(len(content))
        if len(came) == 3:
            part._opened.close()
            monkeypatch.setattr(part, "_file", Full(part.part))
        appended(part, content, etag)

    monkeypatch.setattr(PartFile, "append", append)

    with pytest.raises(FailedError, match=r"out\.part cannot be written: No space left") as failure:
        downloaded()

    assert failure.value.problems[-1].code == "resumable"
    assert "out" not in names(here)


class Full:
    """A file on a disk that has no more room."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        self._file.close()


def test_what_cannot_be_taken_back_is_verified_as_well() -> None:
    blocks: list[bytes] = []
    link, _ = spoiled_link()
    with link:
        verdict = poured(link, request_to(link), blocks.append, told)

    digest = hashlib.sha256(b"".join(blocks)).hexdigest()
    assert (len(blocks), verdict) == (3, f"verified: sha256 {digest}")


def test_what_cannot_be_taken_back_must_not_begin_anew() -> None:
    def spoil(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        if "if-range" not in request.headers:
            return answer
        return httpx.Response(200, content=b"another")

    link, _ = spoiled_link(spoil)
    with link, pytest.raises(FailedError, match="began another file"):
        poured(link, request_to(link), lambda _block: None, told)

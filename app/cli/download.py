"""Indices of an epoch on their way into a file: resumed, verified, and whole or not there."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from app.cli.manifest_request import Encoding, ManifestRequest
from app.cli.part_file import PartFile
from app.cli.pieces import fetched_pieces
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError, Problem, failure
from app.cli.progress import Tell
from app.cli.refusals import RefusedError

_NPY_HEADER_BYTES: Final = 128
"""Bytes ahead of the first index: the service pads the header to this length, whatever it says."""

_WORK_LIMIT: Final = "work-limit-exceeded"


class Fingerprint:
    """SHA-256 of the indices of a file, without the header that may stand before them."""

    def __init__(self, encoding: Encoding) -> None:
        self._header = _NPY_HEADER_BYTES if encoding is Encoding.NPY else 0
        self.restart()

    def restart(self) -> None:
        """Know of no bytes."""
        self._state = sha256()
        self.seen = 0

    def update(self, content: bytes) -> None:
        """Take the next bytes of the file."""
        ahead = max(self._header - self.seen, 0)
        self._state.update(content[ahead:])
        self.seen += len(content)

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._state.hexdigest()


def download(link: PlannerLink, request: ManifestRequest, path: str, tell: Tell) -> str:
    """Write a virtual file to the disk, going on where an earlier attempt ended.

    Returns:
        How it was verified, as a sentence.

    Raises:
        FailedError: It did not arrive whole, or its digest differs; `path` is untouched.
    """
    fingerprint = Fingerprint(request.encoding)
    with PartFile(path, request.source) as part:
        try:
            _fill(link, request, part, fingerprint, tell)
            verdict = verdict_of(link, request, fingerprint)
        except _MismatchError:
            part.restart()
            raise
        except RefusedError:
            raise
        except FailedError as error:
            raise _resumable(error, part, fingerprint) from error
        part.finish(fingerprint.seen)
    return verdict


def poured(
    link: PlannerLink, request: ManifestRequest, write: Callable[[bytes], object], tell: Tell
) -> str:
    """Hand a virtual file, block by block, to what cannot take anything back.

    Returns:
        How it was verified, as a sentence.

    Raises:
        FailedError: It ends too early, or its digest differs.
    """
    fingerprint = Fingerprint(request.encoding)
    for piece in fetched_pieces(link, request.path, request.typed):
        if piece.start != fingerprint.seen:
            message = f"{link.place} began another file on the way"
            raise failure(source="service", code="answer-broken", message=message)
        write(piece.content)
        fingerprint.update(piece.content)
        tell(fingerprint.seen, piece.size)
    return verdict_of(link, request, fingerprint)


def _fill(
    link: PlannerLink,
    request: ManifestRequest,
    part: PartFile,
    fingerprint: Fingerprint,
    tell: Tell,
) -> None:
    etag = part.known_etag()
    for block in part.blocks():
        fingerprint.update(block)
    start = fingerprint.seen
    for piece in fetched_pieces(link, request.path, request.typed, start=start, etag=etag):
        if piece.start != fingerprint.seen:
            part.restart()
            fingerprint.restart()
        part.append(piece.content, piece.etag)
        fingerprint.update(piece.content)
        tell(fingerprint.seen, piece.size)


def _resumable(error: FailedError, part: PartFile, fingerprint: Fingerprint) -> FailedError:
    if not fingerprint.seen:
        return error
    kept = f"{part.part} keeps what came so far; the same command goes on from there"
    note = Problem(source="file", code="resumable", message=kept, severity="info")
    return FailedError([*error.problems, note])


class _MismatchError(FailedError):
    """What arrived is not what the service computes."""


def verdict_of(link: PlannerLink, request: ManifestRequest, fingerprint: Fingerprint) -> str:
    """How the service's own digest compares with what arrived.

    Returns:
        A sentence: verified, or above the limit of what the service digests at once.

    Raises:
        FailedError: The digests differ.
    """
    try:
        answer = link.read(
            "GET", f"{request.base}/digest", query=request.typed, holding={"sha256": str}
        )
    except RefusedError as error:
        if error.code != _WORK_LIMIT:
            raise
        return f"not verified: {error}"
    if answer.get("sha256") != fingerprint.hexdigest():
        message = f"{fingerprint.seen} bytes arrived whose digest is not that of {link.place}"
        raise _MismatchError([Problem(source="service", code="digest-mismatch", message=message)])
    return f"verified: sha256 {fingerprint.hexdigest()}"

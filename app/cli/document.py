"""A YAML, JSON or TOML file that holds one object, with the place of every key."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from errno import EBADF, ENOENT
from pathlib import Path
from typing import BinaryIO, Final, cast

from app.cli.problem import FailedError, Problem, Spot
from app.cli.reading import Flaw, Mark, Reading, mark_of, mark_of_offset, unreadable
from app.cli.toml_reading import read_toml
from app.cli.yaml_reading import read_json_document, read_yaml

STDIN: Final = "-"
BYTES_LIMIT: Final = 2**20
"""Most bytes of a document: as many as the service takes of a body."""


@dataclass(frozen=True, slots=True)
class Document:
    """An object that was read from a file.

    Attributes:
        file: The path as it is shown; None for standard input, which nobody can open again.
        fields: The object.
        marks: Where the key of every pointer stands.
    """

    file: str | None
    fields: dict[str, object]
    marks: Mapping[str, Mark]

    def spot_of(self, pointer: str) -> Spot:
        """Where the key of a pointer stands, or the nearest one that encloses it.

        >>> Document("a.yaml", {}, {"/a": Mark(2, 3)}).spot_of("/a/b")
        Spot(file='a.yaml', line=2, column=3, option='')
        """
        return _spot(self.file, mark_of(self.marks, pointer))


def read_document(path: str) -> Document:
    """The object in a file, or on standard input where the path is `-`.

    The suffix says the language: `.json`, `.toml`, and YAML, which JSON is a part of, for others.

    Raises:
        FailedError: With every flaw of the file, and its place.
    """
    file = None if path == STDIN else shown_path(path)
    text = read_text(path)
    reading = _read(text, Path(path).suffix.lower())
    value = reading.value
    if not reading.flaws and not isinstance(value, dict):
        reading = unreadable(Flaw("not-an-object", "it holds no object of keys and values"))
    if reading.flaws:
        raise FailedError(_problem(flaw, file) for flaw in reading.flaws)
    return Document(file, cast("dict[str, object]", value), reading.marks)


def read_text(path: str) -> str:
    """The text of a file, or of standard input where the path is `-`.

    Raises:
        FailedError: It cannot be read, is longer than a document may be, or is no UTF-8.
    """
    file = None if path == STDIN else shown_path(path)
    try:
        with _opened(path) as source:
            content = source.read(BYTES_LIMIT + 1)
    except OSError as error:
        message = f"{path or 'a file without a name'} cannot be read: {error.strerror or error}"
        raise FailedError([_problem(Flaw("unreadable", message), file)]) from error
    if len(content) > BYTES_LIMIT:
        message = f"{path} has more than {BYTES_LIMIT} bytes"
        raise FailedError([_problem(Flaw("too-long", message), file)])
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        flaw = Flaw("not-utf-8", "it is not UTF-8", mark_of_offset(before, len(before)))
        raise FailedError([_problem(flaw, file)]) from error


def _opened(path: str) -> AbstractContextManager[BinaryIO]:
    if path == STDIN and sys.stdin is not None:
        return nullcontext(sys.stdin.buffer)
    missing = EBADF if path == STDIN else ENOENT
    if path in {STDIN, ""}:  # a closed standard input; a path of no name at all
        raise OSError(missing, os.strerror(missing))
    return Path(path).open("rb")


def shown_path(path: str) -> str:
    """The path as pipelines know it: from the current folder where it is within, with slashes.

    >>> shown_path("./specs/../spec.yaml")
    'spec.yaml'
    """
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # the folder is gone; a path of no name at all
        return path
    return Path(path if relative.startswith(os.pardir) else relative).as_posix()


def subject_of(path: str | None) -> str:
    """What a report calls the spec.

    >>> subject_of("./spec.yaml"), subject_of("-"), subject_of(None)
    ('spec.yaml', '<stdin>', 'options')
    """
    if path is None:
        return "options"
    return "<stdin>" if path == STDIN else shown_path(path)


def _read(text: str, suffix: str) -> Reading:
    if suffix == ".toml":
        return read_toml(text)
    return read_json_document(text) if suffix == ".json" or _is_json(text) else read_yaml(text)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _problem(flaw: Flaw, file: str | None) -> Problem:
    return Problem(
        source="document",
        code=flaw.code,
        message=flaw.message,
        field=flaw.pointer,
        spot=_spot(file, flaw.mark),
    )


def _spot(file: str | None, mark: Mark) -> Spot:
    if file is None:
        return Spot(line=mark.line, column=mark.column, option=f"<stdin>:{mark.line}:{mark.column}")
    return Spot(file=file, line=mark.line, column=mark.column)

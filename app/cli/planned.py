"""What names a plan on a command line: a plan_id, a lock file, or a spec."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.cli.document import Document, read_document, subject_of
from app.cli.problem import FailedError, Problem, Spot
from app.cli.spec_source import SpecSource
from app.web.echo import clean

_PLAN_ID: Final = re.compile(r"ep[0-9]+_[A-Za-z0-9_-]+")
LOCK_VERSION: Final = 1
_LOCK_MARK: Final = "lock_version"
_SHORT: Final = 24


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, by its name or by its spec.

    Attributes:
        name: What it is called in messages.
        plan_id: Its name; None where only the spec is known.
        spec: Its spec, and where each field of it is written.
    """

    name: str
    plan_id: str | None
    spec: SpecSource

    @property
    def body(self) -> dict[str, object]:
        """What the service takes to mean this plan."""
        return self.spec.fields if self.plan_id is None else {"plan_id": self.plan_id}

    def spot_of(self, pointer: str) -> Spot | None:
        """Where a field of the spec is written; the plan_id itself where it is all there is."""
        return self.spec.spot_of(pointer) or Spot(option=self.name)


def read_planned(word: str) -> Planned:
    """The plan that a word of a command line names.

    A word that looks like a plan_id is one, unless there is a file of that name. A lock file stands
    for its plan_id; whether the rest of it is as it was written is for `check` to say.

    >>> read_planned("ep1_abc").body
    {'plan_id': 'ep1_abc'}

    Raises:
        FailedError: The file cannot be read; with every flaw of it.
    """
    if _PLAN_ID.fullmatch(word) and not _is_file(word):
        return Planned(_short(word), word, SpecSource({}))
    document = read_document(word)
    if _LOCK_MARK in document.fields:
        return Planned(subject_of(word), _locked_plan_id(document), SpecSource({}, document))
    return Planned(subject_of(word), None, SpecSource(document.fields, document))


def _is_file(word: str) -> bool:
    try:
        return Path(word).exists()
    except OSError:  # no file has so long a name
        return False


def _locked_plan_id(lock: Document) -> str:
    version, plan_id = lock.fields[_LOCK_MARK], lock.fields.get("plan_id")
    problems: list[Problem] = []
    if version != LOCK_VERSION:
        message = f"lock files of version {LOCK_VERSION} are read, not {clean(str(version))}"
        problems.append(_illegal(lock, _LOCK_MARK, message))
    if not isinstance(plan_id, str) or not _PLAN_ID.fullmatch(plan_id):
        problems.append(_illegal(lock, "plan_id", "this lock file holds no plan_id"))
    if problems:
        raise FailedError(problems)
    return str(plan_id)


def _illegal(lock: Document, name: str, message: str) -> Problem:
    pointer = f"/{name}"
    return Problem(
        source="lock",
        code="illegal-lock",
        message=message,
        field=pointer,
        spot=lock.spot_of(pointer),
    )


def _short(plan_id: str) -> str:
    return plan_id if len(plan_id) <= _SHORT else f"{plan_id[:12]}…{plan_id[-8:]}"

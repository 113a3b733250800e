"""What a refusal of the service says, as problems that a person can act on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from app.cli.problem import FailedError, Problem, Spot
from app.web.echo import clean

_SENTENCE_LIMIT: Final = 1000

Locate = Callable[[str], Spot | None]
Fields = Mapping[str, object]


class RefusedError(FailedError):
    """The service refused a request; a problem for every fault.

    Attributes:
        status: Status of HTTP.
        code: Stable kebab-case name of the refusal.
    """

    def __init__(self, status: int, document: Fields) -> None:
        self.status = status
        self.code = text_of(document, "code")
        faults = objects_of(document, "errors")
        whole = Problem(source="spec", code=self.code, message=text_of(document, "detail"))
        super().__init__([_problem(fault) for fault in faults] or [whole])

    def located(self, locate: Locate) -> FailedError:
        """The same with the place of every field that a fault is about."""
        return FailedError(
            replace(problem, spot=locate(problem.field)) for problem in self.problems
        )


def text_of(document: Fields, name: str) -> str:
    """A member that should be text, made safe to be shown; empty where it is absent.

    >>> text_of({"code": "ab" + chr(27)}, "code"), text_of({}, "code")
    ('ab�', '')
    """
    value = document.get(name)
    return "" if value is None else clean(str(value), limit=_SENTENCE_LIMIT)


def objects_of(document: Fields, name: str) -> list[Fields]:
    """A member that should be a list of objects, without whatever is none.

    >>> objects_of({"errors": [{"code": "x"}, 7]}, "errors"), objects_of({}, "errors")
    ([{'code': 'x'}], [])
    """
    value = document.get(name)
    items = cast("Sequence[object]", value) if isinstance(value, list) else ()
    return [cast("Fields", item) for item in items if isinstance(item, dict)]


def _problem(fault: Fields) -> Problem:
    return Problem(
        source="spec",
        code=text_of(fault, "code"),
        message=text_of(fault, "detail"),
        field=text_of(fault, "pointer"),
        suggestion=_suggestion(fault),
    )


def _suggestion(fault: Fields) -> str | None:
    nearest = fault.get("nearest")
    if isinstance(nearest, list) and nearest:
        values = cast("Sequence[object]", nearest)
        return "nearest: " + clean(", ".join(map(str, values)), limit=_SENTENCE_LIMIT)
    allowed = text_of(fault, "allowed")
    told = allowed in text_of(fault, "detail")
    return None if told else f"allowed: {allowed}"

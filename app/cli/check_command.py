"""`epochplan check`: a spec held against its findings, its lock and a policy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar, cast

import typer

from app.cli.document import Document, read_document, subject_of
from app.cli.ending import ending
from app.cli.exit_code import FAILED
from app.cli.formats import Format, write_report
from app.cli.options import SPEC_OPTIONS, Chosen, SpecFile, Url, option, taking
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError, Problem, Spot, known_severity
from app.cli.refusals import Fields, RefusedError, objects_of, text_of
from app.cli.report import Report
from app.cli.spec_options import asked_spec
from app.cli.spec_source import SpecSource

_Value = TypeVar("_Value")

LockFile = Annotated[
    str | None, typer.Option("--lock", metavar="FILE", help="Fail on drift from this lock file.")
]
PolicyFile = Annotated[
    str | None, typer.Option("--policy", metavar="FILE", help="Fail on what this policy forbids.")
]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is checked, and against what."""

    spec: SpecSource
    lock: Document | None
    policy: Document | None
    allow: tuple[str, ...]

    @property
    def body(self) -> dict[str, object]:
        return {
            "spec": self.spec.fields,
            "lock": self.lock and self.lock.fields,
            "policy": self.policy and self.policy.fields,
            "allow": list(self.allow),
        }

    def spot_of_fault(self, pointer: str) -> Spot | None:
        """Where a fault of the request stands: in the lock, in the policy, or in the spec."""
        for name, document in (("/lock", self.lock), ("/policy", self.policy)):
            if document is not None and f"{pointer}/".startswith(f"{name}/"):
                return document.spot_of(pointer.removeprefix(name))
        if pointer.startswith("/allow"):
            return Spot(option="--allow")
        return self.spec.spot_of(pointer.removeprefix("/spec"))

    def spot_of_problem(self, problem: Problem) -> Spot | None:
        """Where a problem stands: at the field of the spec, else at the rule that it breaks."""
        against = {"lock": self.lock, "policy": self.policy}.get(problem.source)
        if not problem.field and problem.rule and against is not None:
            return against.spot_of(problem.rule)
        return self.spec.spot_of(problem.field)


@taking(
    option("allow", list[str] | None, "TOPIC", "Drift that may be, such as geometry; repeatable."),
    *SPEC_OPTIONS,
)
def check(
    spec: SpecFile = None,
    lock: LockFile = None,
    policy: PolicyFile = None,
    chosen: Chosen = Format.TEXT,
    url: Url = None,
    **words: object,
) -> None:
    """Check a spec: its own faults and findings, drift from a lock, and a policy.

    Every problem at once. Exit code 0 without problems of severity error, else 1.
    """
    with ending("epochplan check", subject_of(spec), chosen=chosen, json=True):
        request = _request(spec, lock, policy, words)
        with PlannerLink(url) as link:
            try:
                answer = link.read(
                    "POST",
                    "/v1/check",
                    body=request.body,
                    holding={"passed": bool, "problems": list},
                )
            except RefusedError as error:
                raise error.located(request.spot_of_fault) from error
        report = _report(answer, request, subject_of(spec))
        write_report(report, chosen)
        if not report.passed:
            raise typer.Exit(FAILED)


def _request(
    spec: str | None, lock: str | None, policy: str | None, words: Mapping[str, object]
) -> _Request:
    problems: list[Problem] = []

    def read(reader: Callable[[], _Value]) -> _Value | None:
        try:
            return reader()
        except FailedError as error:
            problems.extend(error.problems)
            return None

    source = read(lambda: asked_spec(spec, words))
    lock_document = None if lock is None else read(lambda: read_document(lock))
    policy_document = None if policy is None else read(lambda: read_document(policy))
    if problems or source is None:
        raise FailedError(problems)
    allowed = words.get("allow")
    allow = tuple(map(str, cast("Iterable[object]", allowed or ())))
    return _Request(source, lock_document, policy_document, allow)


def _report(answer: Fields, request: _Request, subject: str) -> Report:
    found = [_problem(each) for each in objects_of(answer, "problems")]
    placed = [replace(each, spot=request.spot_of_problem(each)) for each in found]
    return Report(
        command="epochplan check",
        subject=subject,
        passed=answer.get("passed") is True,
        problems=(*request.spec.notes, *placed),
        answer={"plan": answer.get("plan")},
    )


def _problem(each: Fields) -> Problem:
    return Problem(
        source=text_of(each, "source"),
        code=text_of(each, "code"),
        message=text_of(each, "message"),
        severity=known_severity(each.get("severity")),
        field=text_of(each, "field"),
        rule=text_of(each, "rule") or None,
        suggestion=text_of(each, "suggestion") or None,
    )

"""`epochplan plan`: the numbers of a run."""

import sys
from typing import Final

from app.cli.document import subject_of
from app.cli.ending import ending
from app.cli.formats import Format, write_report
from app.cli.json_text import json_text
from app.cli.options import SPEC_OPTIONS, Chosen, SpecFile, Url, taking
from app.cli.plan_table import show_plan
from app.cli.planner_link import PlannerLink
from app.cli.problem import Problem, known_severity
from app.cli.refusals import Fields, RefusedError, objects_of, text_of
from app.cli.report import Report
from app.cli.screen import Screen
from app.cli.spec_options import asked_spec
from app.cli.spec_source import SpecSource

PLAN_MEMBERS: Final = {"plan_id": str, "spec": dict, "total_steps": int, "findings": list}


@taking(*SPEC_OPTIONS)
def plan(
    spec: SpecFile = None, chosen: Chosen = Format.TEXT, url: Url = None, **words: object
) -> None:
    """Plan a training run: steps, epochs, samples, coverage, and what its owner should know.

    The spec is a file, options, or a file that options override. Exit code 0, or 1 with every
    fault at once.
    """
    with ending("epochplan plan", subject_of(spec), chosen=chosen):
        source = asked_spec(spec, words)
        with PlannerLink(url) as link:
            answer = planned(link, source)
        if chosen is Format.JSON:
            Screen(stderr=True).problems(source.notes)
            sys.stdout.write(json_text(answer, indent=2) + "\n")
        elif chosen is Format.TEXT:
            _show(answer, source)
        else:
            write_report(_report(answer, source, spec), chosen)


def planned(link: PlannerLink, source: SpecSource) -> dict[str, object]:
    """The plan of a spec.

    Raises:
        FailedError: There is none; with the place of every fault.
    """
    try:
        return link.read("POST", "/v1/plans", body=source.fields, holding=PLAN_MEMBERS)
    except RefusedError as error:
        raise error.located(source.spot_of) from error


def findings_of(answer: Fields, source: SpecSource) -> list[Problem]:
    """The findings of a plan, each with the place of its field."""
    return [
        Problem(
            source="finding",
            code=text_of(finding, "code"),
            message=text_of(finding, "message"),
            severity=known_severity(finding.get("severity")),
            field=text_of(finding, "field"),
            suggestion=text_of(finding, "suggestion") or None,
            spot=source.spot_of(text_of(finding, "field")),
        )
        for finding in objects_of(answer, "findings")
    ]


def _show(answer: Fields, source: SpecSource) -> None:
    Screen(stderr=True).problems(source.notes)
    screen = Screen()
    show_plan(answer, screen)
    if findings := findings_of(answer, source):
        screen.title("Findings")
        screen.problems(findings)


def _report(answer: Fields, source: SpecSource, path: str | None) -> Report:
    problems = (*source.notes, *findings_of(answer, source))
    return Report(
        command="epochplan plan", subject=subject_of(path), passed=True, problems=problems
    )

"""`epochplan diff`: what changes between two plans."""

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, cast

import typer

from app.cli.annotations import annotation
from app.cli.ending import ending
from app.cli.exit_code import CHANGED
from app.cli.formats import Format
from app.cli.json_text import json_text
from app.cli.markdown import escaped, table
from app.cli.options import Url
from app.cli.plan_table import shown
from app.cli.planned import Planned, read_planned
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError, Problem, Spot
from app.cli.refusals import Fields, RefusedError, objects_of, text_of
from app.cli.screen import Screen

_NOTHING: Final = "No changes: the same schedule, the same samples in the same order."


class DiffFormat(StrEnum):
    """How a difference is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"


Old = Annotated[str, typer.Argument(metavar="OLD", help="A spec, a lock file or a plan_id.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="A spec, a lock file or a plan_id.")]
ChosenDiff = Annotated[DiffFormat, typer.Option("--format", help="How the answer is written.")]


def diff(old: Old, new: New, chosen: ChosenDiff = DiffFormat.TEXT, url: Url = None) -> None:
    """Tell what changes from one plan to another: numbers, geometry, and the order of samples.

    Exit code 0 where nothing changes, 2 where anything does, 1 for an error.
    """
    with ending("epochplan diff", new, chosen=Format(chosen)):
        before, after = _read_both(old, new)
        with PlannerLink(url) as link:
            try:
                answer = link.read(
                    "POST",
                    "/v1/diff",
                    body={"old": before.body, "new": after.body},
                    holding={"changed": bool, "changes": list, "order": dict},
                )
            except RefusedError as error:
                raise error.located(lambda pointer: _spot(pointer, before, after)) from error
        _WRITERS[chosen](answer, before, after)
        if answer.get("changed") is True:
            raise typer.Exit(CHANGED)


def _read_both(old: str, new: str) -> tuple[Planned, Planned]:
    planned: list[Planned] = []
    problems: list[Problem] = []
    for word in (old, new):
        try:
            planned.append(read_planned(word))
        except FailedError as error:
            problems += error.problems
    if problems:
        raise FailedError(problems)
    return planned[0], planned[1]


def _spot(pointer: str, before: Planned, after: Planned) -> Spot | None:
    for name, planned in (("/old", before), ("/new", after)):
        if f"{pointer}/".startswith(f"{name}/"):
            return planned.spot_of(pointer.removeprefix(name))
    return None


def _order(answer: Fields) -> Fields:
    order = answer.get("order")
    return cast("Fields", order) if isinstance(order, dict) else {}


def _title(before: Planned, after: Planned) -> str:
    return f"{before.name} -> {after.name}"


def _summary(answer: Fields) -> str:
    topics = [text_of(change, "topic") for change in objects_of(answer, "changes")]
    if answer.get("changed") is not True:
        return _NOTHING
    counts = [f"{topics.count(topic)} {topic}" for topic in dict.fromkeys(topics)]
    total = f"{len(topics)} change{'' if len(topics) == 1 else 's'}"
    return f"{total}: {', '.join(counts)}." if counts else "The order changes."


def _write_text(answer: Fields, before: Planned, after: Planned) -> None:
    screen = Screen()
    screen.title(_title(before, after))
    for topic, changes in _by_topic(objects_of(answer, "changes")).items():
        screen.line(f"  {topic}", "bold")
        for change in changes:
            screen.line(f"    ~ {text_of(change, 'sentence')}", "yellow")
    screen.line(f"  order: {text_of(_order(answer), 'sentence')}")
    screen.line(_summary(answer), "bold")


def _write_json(answer: Fields, _before: Planned, _after: Planned) -> None:
    sys.stdout.write(json_text(answer, indent=2) + "\n")


def _write_markdown(answer: Fields, before: Planned, after: Planned) -> None:
    changes = objects_of(answer, "changes")
    rows = [
        (
            escaped(text_of(change, "topic")),
            f"`{text_of(change, 'field').replace('`', '')}`",
            escaped(shown(change.get("old"))),
            escaped(shown(change.get("new"))),
            escaped(text_of(change, "sentence")),
        )
        for change in changes
    ]
    parts = [f"### Schedule: {escaped(_title(before, after))}", escaped(_summary(answer))]
    if rows:
        parts.append(table(("topic", "field", "old", "new", "what"), rows).rstrip("\n"))
    parts.append(f"**Order:** {escaped(text_of(_order(answer), 'sentence'))}")
    sys.stdout.write("\n\n".join(parts) + "\n")


def _write_github(answer: Fields, _before: Planned, after: Planned) -> None:
    if answer.get("changed") is True:
        for change in objects_of(answer, "changes"):
            title = f"{text_of(change, 'topic')} changes"
            _notice(title, change, after.spot_of(_field_of_spec(text_of(change, "field"))))
        _notice("order", _order(answer), after.spot_of("/sampling"))
    sys.stdout.write(f"{_summary(answer)}\n")


def _field_of_spec(pointer: str) -> str:
    """A pointer into a plan as one into its spec; the spec as a whole for what follows from it."""
    return pointer.removeprefix("/spec") if pointer.startswith("/spec/") else ""


def _notice(title: str, told: Fields, spot: Spot | None) -> None:
    message = text_of(told, "sentence")
    problem = Problem(source="diff", code=title, message=message, severity="info", spot=spot)
    sys.stdout.write(f"{annotation(problem)}\n")


def _by_topic(changes: Iterable[Fields]) -> Mapping[str, list[Fields]]:
    topics: dict[str, list[Fields]] = {}
    for change in changes:
        topics.setdefault(text_of(change, "topic"), []).append(change)
    return topics


_WRITERS: Final = {
    DiffFormat.TEXT: _write_text,
    DiffFormat.JSON: _write_json,
    DiffFormat.MARKDOWN: _write_markdown,
    DiffFormat.GITHUB: _write_github,
}

"""`epochplan verify`: what a job sees, held against its plan before the first step."""

from collections.abc import Mapping
from inspect import Parameter
from typing import Annotated, Final, cast

import typer

from app.cli.ending import ending
from app.cli.options import SPEC_FIELDS, Url, option_name, taking, text_option
from app.cli.planned import read_planned
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError, Problem, Spot, failure
from app.cli.refusals import Fields, RefusedError, text_of
from app.cli.scalars import ScalarError, read_scalar
from app.cli.screen import Screen

_SEEN: Final = (
    "dataset_size",
    "global_batch_size",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "data_parallel_size",
)
_OPTIONS: Final[tuple[Parameter, ...]] = tuple(
    text_option(name, SPEC_FIELDS[name][1], SPEC_FIELDS[name][2]) for name in _SEEN
)

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="A plan_id, or a lock file.")]


@taking(*_OPTIONS)
def verify(plan: PlanName, url: Url = None, **words: object) -> None:
    """Hold what a job sees against its plan; exit code 1 with every mismatch.

    Give whatever the job knows: its dataset, its batch, its ranks.
    """
    with ending("epochplan verify", plan):
        seen = _seen(words)
        named = read_planned(plan)
        if named.plan_id is None:
            message = f"{named.name} is a spec; verify takes a plan_id or a lock file"
            raise FailedError([Problem(source="document", code="no-plan-id", message=message)])
        with PlannerLink(url) as link:
            try:
                path = f"/v1/plans/{named.plan_id}/verify"
                answer = link.read("POST", path, body=seen, holding={"verified": list})
            except RefusedError as error:
                raise error.located(_spot) from error
        Screen().line(f"{named.name} agrees: {_agreed(answer, seen)}", "green")


def _agreed(answer: Fields, seen: Fields) -> str:
    """What was found to agree, which is all that was asked, or this is no verification."""
    verified = cast("list[object]", answer["verified"])
    if missing := [name for name in seen if name not in verified]:
        message = f"the answer says nothing about {', '.join(missing)}"
        raise failure(source="service", code="not-this-service", message=message)
    return text_of({"names": ", ".join(map(str, verified))}, "names")


def _seen(words: Mapping[str, object]) -> Fields:
    seen: dict[str, object] = {}
    problems: list[Problem] = []
    for name in _SEEN:
        written = words.get(name)
        if written is None:
            continue
        try:
            seen[name] = read_scalar(str(written))
        except ScalarError as error:
            spot = Spot(option=option_name(name))
            problems.append(
                Problem(source="document", code=error.code, message=str(error), spot=spot)
            )
    if problems:
        raise FailedError(problems)
    return seen


def _spot(pointer: str) -> Spot | None:
    name = pointer.removeprefix("/")
    return Spot(option=option_name(name)) if name in _SEEN else None

"""`epochplan manifest`: the sample indices of an epoch, in a file."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.document import STDIN
from app.cli.download import download, poured
from app.cli.ending import ending
from app.cli.manifest_request import Encoding, ManifestRequest
from app.cli.options import Url, option, option_name, taking, text_option
from app.cli.part_file import PartFile
from app.cli.plan_command import planned
from app.cli.planned import read_planned
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError, Problem, Spot
from app.cli.progress import Tell, progress
from app.cli.refusals import RefusedError
from app.cli.rows import pour_rows
from app.cli.scalars import ScalarError, read_scalar
from app.cli.screen import Screen
from app.cli.whole_file import disk_faults, is_special

_NUMBERS: Final = ("rank", "start_step", "stop_step")
_OPTIONS: Final = (
    text_option("rank", "INTEGER", "Data-parallel rank; all of them where it is not given."),
    text_option("start_step", "INTEGER", "First step within the epoch."),
    text_option("stop_step", "INTEGER", "Step behind the last one."),
    text_option("dtype", "TYPE", "int64 or uint32, for raw and npy."),
    option("as_", Encoding | None, "FORMAT", "raw (where nothing is said), npy, csv or ndjson."),
)

PlanOrSpec = Annotated[
    str, typer.Argument(metavar="PLAN", help="A plan_id, a lock file or a spec.")
]
Epoch = Annotated[int, typer.Option("--epoch", min=0, help="Epoch, counted from 0.")]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="File, or - for standard output.")
]


@taking(*_OPTIONS)
def manifest(
    plan: PlanOrSpec, epoch: Epoch, output: Output, url: Url = None, **words: object
) -> None:
    """Write which samples an epoch takes, in their order.

    raw and npy go on where an earlier attempt ended, and are verified by the service's digest. FILE
    appears only when all of it is there.
    """
    with ending("epochplan manifest", plan):
        encoding = Encoding(str(words.get("as_") or Encoding.RAW))
        selection = _selection(words, encoding)
        named = read_planned(plan)
        with PlannerLink(url) as link:
            plan_id = named.plan_id or str(planned(link, named.spec)["plan_id"])
            request = ManifestRequest(
                plan_id=plan_id,
                epoch=epoch,
                selection=selection,
                dtype=str(words.get("dtype") or ""),
                encoding=encoding,
            )
            try:
                _write(link, request, output)
            except RefusedError as error:
                raise error.located(_spot) from error


def _write(link: PlannerLink, request: ManifestRequest, output: str) -> None:
    with progress("indices") as tell:
        if output == STDIN:
            verdict = _pour(link, request, sys.stdout.buffer.write, tell)
            sys.stdout.buffer.flush()
        elif is_special(output):
            with disk_faults(output), Path(output).open("wb") as there:
                verdict = _pour(link, request, there.write, tell)
        elif request.encoding.is_file:
            verdict = download(link, request, output, tell)
        else:
            verdict = _collect(link, request, output, tell)
    Screen(stderr=True).line(f"{output}: {verdict}")


def _pour(
    link: PlannerLink, request: ManifestRequest, write: Callable[[bytes], object], tell: Tell
) -> str:
    return (poured if request.encoding.is_file else pour_rows)(link, request, write, tell)


def _collect(link: PlannerLink, request: ManifestRequest, output: str, tell: Tell) -> str:
    """Lines of text, which start anew when they broke off."""
    sizes: list[int] = []

    def append(block: bytes) -> None:
        part.append(block, "")
        sizes.append(len(block))

    with PartFile(output, request.source) as part:
        part.restart()
        try:
            verdict = pour_rows(link, request, append, tell)
            part.finish(sum(sizes))
        except BaseException:
            part.restart()
            raise
    return verdict


def _selection(words: Mapping[str, object], encoding: Encoding) -> dict[str, str]:
    selection: dict[str, str] = {}
    problems: list[Problem] = []
    for name in _NUMBERS:
        written = words.get(name)
        if written is None:
            continue
        number = _integer(str(written))
        if number is None:
            problems.append(_illegal(name, f"{written} is no integer from 0 on"))
        else:
            selection[name] = str(number)
    if words.get("dtype") is not None and not encoding.is_file:
        problems.append(_illegal("dtype", f"{encoding} is text, and has no type of index"))
    if problems:
        raise FailedError(problems)
    return selection


def _illegal(name: str, message: str) -> Problem:
    spot = Spot(option=option_name(name))
    return Problem(source="document", code="illegal-option", message=message, spot=spot)


def _integer(written: str) -> int | None:
    try:
        number = read_scalar(written)
    except ScalarError:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        return None
    return number


def _spot(pointer: str) -> Spot | None:
    name = pointer.removeprefix("/")
    return Spot(option=option_name(name)) if name in {*_NUMBERS, "epoch", "dtype"} else None

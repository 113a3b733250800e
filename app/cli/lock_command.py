"""`epochplan lock`: a plan pinned to a file."""

import sys
from typing import Annotated, Final

import typer

from app.cli.document import STDIN, subject_of
from app.cli.ending import ending
from app.cli.json_text import json_text
from app.cli.options import SPEC_OPTIONS, SpecFile, Url, taking
from app.cli.planner_link import PlannerLink
from app.cli.refusals import Fields, RefusedError, text_of
from app.cli.screen import Screen
from app.cli.spec_options import asked_spec
from app.cli.whole_file import write_whole

LOCK_FILE: Final = "epochplan.lock.json"
LOCK_MEMBERS: Final = {
    "lock_version": int,
    "plan_id": str,
    "spec": dict,
    "plan": dict,
    "fingerprints": list,
}

LockOutput = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Lock file, or - for standard output.")
]


@taking(*SPEC_OPTIONS)
def lock(
    spec: SpecFile = None, output: LockOutput = LOCK_FILE, url: Url = None, **words: object
) -> None:
    """Pin a spec, its plan and fingerprints of its order to a lock file.

    The bytes depend on nothing but the spec and the algorithms, so the file belongs into version
    control. The old file stays until the new one is there.
    """
    with ending("epochplan lock", subject_of(spec)):
        source = asked_spec(spec, words)
        with PlannerLink(url) as link:
            try:
                answer = link.read("POST", "/v1/lock", body=source.fields, holding=LOCK_MEMBERS)
            except RefusedError as error:
                raise error.located(source.spot_of) from error
        content = lock_bytes(answer)
        Screen(stderr=True).problems(source.notes)
        if output == STDIN:
            sys.stdout.write(content.decode())
        else:
            write_whole(output, content)
            Screen(stderr=True).line(f"{text_of(answer, 'plan_id')} is locked in {output}")


def lock_bytes(answer: Fields) -> bytes:
    r"""The bytes of a lock file: JSON in ASCII, members as the service orders them.

    >>> lock_bytes({"lock_version": 1})
    b'{\n  "lock_version": 1\n}\n'
    """
    return (json_text(answer, indent=2) + "\n").encode("ascii")

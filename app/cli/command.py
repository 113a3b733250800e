"""The command `epochplan`: a client of the service, in this process or of one elsewhere."""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Final, TextIO, cast

import typer

from app.cli.check_command import check
from app.cli.diff_command import diff
from app.cli.exit_code import FAILED
from app.cli.lock_command import lock
from app.cli.manifest_command import manifest
from app.cli.plan_command import plan
from app.cli.verify_command import verify

app: Final = typer.Typer(
    name="epochplan",
    help="Plan training schedules: steps, epochs, and which sample every rank sees.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def serve() -> None:
    """Serve over HTTP until a signal says to stop; settings are variables, EPOCHPLAN_*."""
    del sys.argv[1:]  # the service reads its own arguments, of which there are none
    import_module("app.__main__").main()


for _command in (serve, plan, lock, diff, check, manifest, verify):
    app.command()(_command)


def main() -> None:
    """Run the command that the arguments name.

    Raises:
        SystemExit: 0, 1 for whatever fails and for arguments that are not understood, 2 where
            `diff` finds changes, 130 when interrupted.
    """
    _make_writable()
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        # typer itself would leave with 2, which here says that something changed
        if message := error.format_message():  # none where help was all there is to say
            sys.stderr.write(f"epochplan: {message}\nTry epochplan --help.\n")
        code = FAILED
    except OSError as error:
        # files have failures of their own, so one without a name is about standard output; what
        # it still holds goes nowhere, or Python would try again when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        place = "standard output" if error.filename is None else error.filename
        sys.stderr.write(f"epochplan: {place}: {error.strerror}\n")
        code = FAILED
    sys.exit(code)


def _make_writable() -> None:
    """Let no character be too strange for the two streams, and both of them be there."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # whoever started the command closed it
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        else:
            cast("TextIOWrapper", stream).reconfigure(errors="backslashreplace")

"""A bar for people who wait; nothing where nobody watches."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

Tell = Callable[[int, int | None], None]


@contextmanager
def progress(what: str) -> Generator[Tell]:
    """Show on standard error, if that is a terminal, how many bytes have come.

    Yields:
        To be told how many bytes are there, and of how many, None where nobody knows.
    """
    if not sys.stderr.isatty():
        yield _unwatched
        return
    kept: Any = import_module("rich.progress")
    console: Any = import_module("rich.console").Console(stderr=True)
    columns = [
        kept.TextColumn("{task.description}"),
        kept.BarColumn(),
        kept.DownloadColumn(),
        kept.TimeRemainingColumn(),
    ]
    with kept.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda came, size: bar.update(task, completed=came, total=size)


def _unwatched(_came: int, _size: int | None) -> None:
    """Nobody is there to see it."""

"""Paths as pipelines know them: from the root of the repository."""

import os
from pathlib import Path


def path_in_repository(file: str) -> str:
    """The path from the root of the repository around the current folder; else as it is.

    >>> path_in_repository("/somewhere/else.yaml")
    '/somewhere/else.yaml'
    """
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    path = Path(os.path.normpath(here / file))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file

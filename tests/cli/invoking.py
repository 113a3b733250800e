"""The command, run within this process."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from app.cli.command import app

SPEC = """\
# a run of two hundred steps
dataset_size: 2000
global_batch_size: 100
data_parallel_size: 4
epochs: 10
"""
SHORT = "dataset_size: 1001\nglobal_batch_size: 100\nepochs: 2\n"
FIVE_FAULTS = """\
dataset_size: 0
global_batch_size: ten
epochs: 10
epoch_size: 5
remainder: keeep
sampling:
  method: shuffel
"""


def invoked(*words: str, given: str | None = None, **variables: str) -> Result:
    """What the command did; an exception that escapes it is the test's."""
    environment: Mapping[str, str | None] = {"EPOCHPLAN_URL": None, **variables}
    return CliRunner().invoke(app, words, input=given, env=environment, catch_exceptions=False)


def read(*words: str) -> Any:
    """The JSON that the command prints when all is well."""
    done = invoked(*words, "--format", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def written(folder: Path, text: str, name: str = "spec.yaml") -> str:
    """A file with that text, and its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)

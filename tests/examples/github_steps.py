"""The steps of the composite action, run without GitHub.

Stand-ins: its files (GITHUB_OUTPUT, GITHUB_STEP_SUMMARY), its values in `${{ … }}`, and `gh`, which
keeps the comments in a folder.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.examples.changed_repository import ChangedRepository, write_program
from tests.examples.trainer import EXAMPLES

ACTION: Any = yaml.safe_load((EXAMPLES / "github/action.yml").read_text(encoding="utf-8"))
VALUE = re.compile(r"\$\{\{ *([^ }]+) *\}\}")

GH = r"""
printf '%s\n' "$*" >>"$COMMENTS/calls.txt"
for word in "$@"; do case $word in body=@*) body=${word#body=@} ;; esac; done
case " $* " in
  *" --method POST "*) cp "$body" "$COMMENTS/17" ;;
  *" --method PATCH "*"/comments/17 "*) cp "$body" "$COMMENTS/17" ;;
  *" --jq "*) if [ -e "$COMMENTS/17" ]; then echo 17; fi ;;
  *) exit 64 ;;
esac
"""


@dataclass(frozen=True)
class GithubRun:
    """One run of the action for a pull request, step by step."""

    repository: ChangedRepository
    folder: Path

    @classmethod
    def prepared(cls, repository: ChangedRepository, folder: Path) -> "GithubRun":
        write_program(repository.programs, "gh", GH)
        (folder / "comments").mkdir(parents=True)
        (folder / "temp").mkdir()
        return cls(repository, folder)

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step of that name with inputs in place of its defaults."""
        (step,) = (each for each in ACTION["runs"]["steps"] if each.get("name") == name)
        values = self._values(inputs)
        told = {
            variable: VALUE.sub(lambda found: values[found[1]], given)
            for variable, given in step.get("env", {}).items()
        }
        return self.repository.run(step["run"], **self._files(), **told)

    @property
    def output(self) -> str:
        return self._text("output.txt")

    @property
    def summary(self) -> str:
        return self._text("summary.md")

    @property
    def comment(self) -> str:
        """What the one comment says; empty where there is none."""
        return self._text("comments/17")

    @property
    def calls(self) -> list[str]:
        """The words of every call of gh."""
        return self._text("comments/calls.txt").splitlines()

    def _values(self, inputs: dict[str, str]) -> dict[str, str]:
        given = {f"inputs.{name}": spec["default"] for name, spec in ACTION["inputs"].items()}
        return (
            given
            | {"inputs.base": self.repository.base, "inputs.token": "token"}
            | {"github.event.pull_request.number": "5"}
            | {"steps.compare.outputs.changed": self.output.strip().removeprefix("changed=")}
            | {f"inputs.{name}": value for name, value in inputs.items()}
        )

    def _files(self) -> dict[str, str]:
        return {
            "COMMENTS": str(self.folder / "comments"),
            "GITHUB_OUTPUT": str(self.folder / "output.txt"),
            "GITHUB_REPOSITORY": "someone/training",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "RUNNER_TEMP": str(self.folder / "temp"),
        }

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

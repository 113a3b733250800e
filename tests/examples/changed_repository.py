"""A git repository with a schedule, and a pull request that changes it.

The command `epochplan` on the PATH is that of this tree; no step of a pipeline installs anything.
"""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.examples.trainer import ROOT

SPEC = """\
dataset_size: 2048
global_batch_size: 32
micro_batch_size: 8
data_parallel_size: 4
epochs: 3
"""
DOUBLED = SPEC.replace("global_batch_size: 32", "global_batch_size: 64").replace(
    "data_parallel_size: 4", "data_parallel_size: 8"
)
FAULTY = SPEC.replace("epochs: 3", "epochs: -3").replace("dataset_size: 2048", "dataset_size: x")
POLICY = "findings: {short-last-step: error}\n"


@dataclass(frozen=True)
class ChangedRepository:
    """A clone that stands on the change, and the folder of stand-ins on the PATH."""

    folder: Path
    programs: Path
    url: str
    base: str = ""

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the shell of a step as the hosts do: stop at the first failure."""
        return subprocess.run(
            ["/usr/bin/env", "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment() | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Stand-ins come first, and a service that runs answers, which is faster."""
        paths = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return clean_environment() | {"PATH": paths, "EPOCHPLAN_URL": self.url}


def clean_environment() -> dict[str, str]:
    """The environment without what is about this test run, or about git as its user has it."""
    foreign = ("COV_", "COVERAGE_", "EPOCHPLAN_", "GIT_", "GITHUB_", "CI_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example"}
    committer = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example"}
    return kept | author | committer | {"GIT_CONFIG_GLOBAL": os.devnull}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["/usr/bin/env", "git", *words],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def write_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def write_command(folder: Path) -> None:
    """The command `epochplan` as an installation would bring it."""
    python, root = shlex.quote(sys.executable), shlex.quote(str(ROOT))
    write_program(folder, "epochplan", f'PYTHONPATH={root} exec {python} -m app.cli "$@"')


def changed_repository(
    folder: Path, url: str, *, before: str | None, after: str
) -> ChangedRepository:
    """A main branch with the spec `before`, its lock and a policy; a clone of it with `after`."""
    programs, main = folder / "programs", folder / "main"
    write_command(programs)
    main.mkdir()
    git(main, "init", "--quiet", "--initial-branch=main")
    (main / "epochplan.policy.yaml").write_text(POLICY, encoding="utf-8")
    if before is not None:
        (main / "epochplan.yaml").write_text(before, encoding="utf-8")
        locked = ChangedRepository(main, programs, url).run("epochplan lock epochplan.yaml")
        assert locked.returncode == 0, locked.stderr
    git(main, "add", ".")
    git(main, "commit", "--quiet", "--message", "the schedule")
    git(folder, "clone", "--quiet", str(main), "clone")
    (folder / "clone" / "epochplan.yaml").write_text(after, encoding="utf-8")
    return ChangedRepository(folder / "clone", programs, url, git(main, "rev-parse", "HEAD"))

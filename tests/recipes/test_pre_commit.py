"""Commits with the hook of this repository: pre-commit installs it, and git runs it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.examples.changed_repository import DOUBLED, SPEC, clean_environment, git, write_command
from tests.recipes.tools import EXAMPLES, TOOLS
from tests.running import ROOT

Committed = subprocess.CompletedProcess[str]


def hook_repository(folder: Path) -> tuple[Path, str]:
    """This tree as it is, committed to a repository of its own; and the commit."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "the hooks")
    return folder, git(folder, "rev-parse", "HEAD")


def commit(folder: Path, home: Path) -> Committed:
    """What a person does: git finds the hook, and the hook finds pre-commit."""
    told = {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", "PRE_COMMIT_HOME": str(home)}
    return subprocess.run(
        ["/usr/bin/env", "git", "commit", "--all", "--message", "a change"],
        cwd=folder,
        env=clean_environment() | told,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hook, which takes a while to make."""
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return hook_repository(tmp_path_factory.mktemp("hooks"))


@pytest.fixture
def repository(tmp_path: Path, hooks: tuple[Path, str]) -> Path:
    """A repository with a schedule, its lock, and the example of a configuration."""
    folder, programs = tmp_path / "training", tmp_path / "programs"
    folder.mkdir()
    write_command(programs)
    (folder / "epochplan.yaml").write_text(SPEC, encoding="utf-8")
    subprocess.run([programs / "epochplan", "lock", "epochplan.yaml"], cwd=folder, check=True)
    example = EXAMPLES / "pre-commit/.pre-commit-config.yaml"
    config = yaml.safe_load(example.read_text(encoding="utf-8"))
    config["repos"][0].update(repo=str(hooks[0]), rev=hooks[1])
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "the schedule")
    subprocess.run(
        [TOOLS / "pre-commit", "install"], cwd=folder, env=clean_environment(), check=True
    )
    return folder


def test_a_commit_that_drifts_from_the_lock_is_refused(repository: Path, home: Path) -> None:
    (repository / "epochplan.yaml").write_text(DOUBLED, encoding="utf-8")

    done = commit(repository, home)

    assert done.returncode == 1
    assert "epochplan check" in done.stderr
    assert "global_batch_size doubles: 32 -> 64" in done.stderr


def test_a_commit_that_changes_nothing_of_the_plan_is_made(repository: Path, home: Path) -> None:
    (repository / "epochplan.yaml").write_text(f"# the same\n{SPEC}", encoding="utf-8")

    done = commit(repository, home)

    assert done.returncode == 0, done.stderr
    assert "Passed" in done.stderr


def test_a_commit_of_other_files_is_not_checked(repository: Path, home: Path) -> None:
    (repository / "README.md").write_text("about\n", encoding="utf-8")
    git(repository, "add", "README.md")

    done = commit(repository, home)

    assert done.returncode == 0, done.stderr
    assert "Skipped" in done.stderr

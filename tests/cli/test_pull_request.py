"""A pull request that doubles the GPUs, in a real repository."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.invoking import invoked

SPEC = """\
dataset_size: 4096
micro_batch_size: 8
gradient_accumulation_steps: 2
data_parallel_size: 4
epochs: 3
sampling:
  seed: 42
"""
DOUBLED = SPEC.replace("data_parallel_size: 4", "data_parallel_size: 8")
RESTORED = DOUBLED.replace("gradient_accumulation_steps: 2", "gradient_accumulation_steps: 1")


def git(*words: str) -> str:
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    done = subprocess.run(["git", *who, *words], check=True, capture_output=True, text=True)  # noqa: S607 - whichever git the person has
    return done.stdout


def committed(message: str, text: str) -> None:
    Path("spec.yaml").write_text(text, encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", message)


@pytest.fixture
def repository(here: Path) -> Path:
    """A spec and its lock on main, and the spec of main beside the one of the branch."""
    git("init", "--quiet", "--initial-branch=main")
    (here / "spec.yaml").write_text(SPEC, encoding="utf-8")
    invoked("lock", "spec.yaml")
    committed("A run and its lock", SPEC)
    git("switch", "--quiet", "--create", "more-gpus")
    committed("Twice the GPUs", DOUBLED)
    (here / "base.yaml").write_text(git("show", "main:spec.yaml"), encoding="utf-8")
    return here


@pytest.mark.usefixtures("repository")
def test_twice_the_gpus_halve_the_steps_and_double_the_global_batch() -> None:
    done = invoked("diff", "base.yaml", "spec.yaml")

    assert done.exit_code == 2
    assert "total_steps halves: 192 -> 96" in done.stdout
    assert "global_batch_size doubles: 64 -> 128" in done.stdout


@pytest.mark.usefixtures("repository")
def test_with_the_global_batch_restored_only_the_geometry_changes() -> None:
    committed("The old global batch", RESTORED)

    done = invoked("diff", "base.yaml", "spec.yaml")

    lines = done.stdout.splitlines()
    assert done.exit_code == 2
    assert [line.strip() for line in lines if line.startswith("  ") and line[2] != " "] == [
        "geometry",
        "order: the very same 12288 samples in the same order",
    ]


@pytest.mark.usefixtures("repository")
def test_the_old_lock_refuses_the_new_geometry_where_it_is_written() -> None:
    committed("The old global batch", RESTORED)

    done = invoked("check", "spec.yaml", "--lock", "epochplan.lock.json", "--format", "github")

    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert done.exit_code == 1
    assert any("file=spec.yaml,line=4,col=1" in line for line in errors)
    assert any("file=spec.yaml,line=3,col=1" in line for line in errors)


@pytest.mark.usefixtures("repository")
def test_the_old_lock_lets_the_new_geometry_pass_where_it_is_allowed() -> None:
    committed("The old global batch", RESTORED)

    done = invoked("check", "spec.yaml", "--lock", "epochplan.lock.json", "--allow", "geometry")

    assert (done.exit_code, done.stdout.splitlines()[-1][:16]) == (0, "spec.yaml passed")


@pytest.mark.usefixtures("repository")
def test_the_doubled_batch_is_more_than_geometry() -> None:
    done = invoked("check", "spec.yaml", "--lock", "epochplan.lock.json", "--allow", "geometry")

    assert done.exit_code == 1
    assert "global_batch_size" in done.stdout

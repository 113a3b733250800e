"""Every file is what the program that reads it takes."""

from pathlib import Path

import pytest
import yaml

from tests.recipes.tools import EXAMPLES, run_tool
from tests.running import ROOT

SCHEMAS = {
    "vendor.github-workflows": "github/workflow.yml",
    "vendor.github-actions": "github/action.yml",
    "vendor.gitlab-ci": "gitlab/.gitlab-ci.yml",
}


@pytest.mark.parametrize(("schema", "file"), SCHEMAS.items())
def test_a_pipeline_has_the_shape_that_its_host_takes(schema: str, file: str) -> None:
    done = run_tool("check-jsonschema", "--builtin-schema", schema, EXAMPLES / file)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", ["job.yaml", "service.yaml"])
def test_kubernetes_knows_every_field(file: str) -> None:
    done = run_tool("kubernetes-validate", "--strict", EXAMPLES / "kubernetes" / file)

    assert done.returncode == 0, done.stdout


def test_a_field_that_kubernetes_does_not_know_would_be_found(tmp_path: Path) -> None:
    job = (EXAMPLES / "kubernetes/job.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "job.yaml"
    broken.write_text(job.replace("completionMode", "completionMood"), encoding="utf-8")

    done = run_tool("kubernetes-validate", "--strict", broken)

    assert done.returncode != 0


def test_pre_commit_takes_the_hooks_and_the_example() -> None:
    example = EXAMPLES / "pre-commit/.pre-commit-config.yaml"

    hooks = run_tool("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")
    config = run_tool("pre-commit", "validate-config", example)

    assert (hooks.returncode, config.returncode) == (0, 0), (hooks.stdout, config.stdout)


@pytest.mark.parametrize("file", ["submit.sh", "train.sbatch"])
def test_shellcheck_has_nothing_to_say_about_scripts(file: str) -> None:
    done = run_tool("shellcheck", EXAMPLES / "slurm" / file)

    assert done.stdout == ""


def shells() -> dict[str, tuple[str, str]]:
    """The shell within YAML, by where it stands: which shell, and its text."""
    action = yaml.safe_load((EXAMPLES / "github/action.yml").read_text(encoding="utf-8"))
    steps = [step for step in action["runs"]["steps"] if "run" in step]
    gitlab = yaml.safe_load((EXAMPLES / "gitlab/.gitlab-ci.yml").read_text(encoding="utf-8"))
    _, job = yaml.safe_load_all((EXAMPLES / "kubernetes/job.yaml").read_text(encoding="utf-8"))
    (container,) = job["spec"]["template"]["spec"]["initContainers"]
    return {
        **{f"github {step['name']}": ("bash", step["run"]) for step in steps},
        "gitlab": ("bash", "\n".join(gitlab["epochplan"]["script"])),
        "kubernetes": ("sh", container["args"][0]),
    }


@pytest.mark.parametrize(("shell", "script"), shells().values(), ids=shells())
def test_shellcheck_has_nothing_to_say_about_shell_in_yaml(shell: str, script: str) -> None:
    # all three hosts stop at the first command that fails
    done = run_tool("shellcheck", "--shell", shell, "-", given=f"set -e\n{script}\n")

    assert done.stdout == ""

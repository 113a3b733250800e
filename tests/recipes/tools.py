"""The tools of requirements/recipes.txt, in an environment of their own."""

import os
import subprocess
from pathlib import Path

from tests.running import ROOT

TOOLS = Path(os.environ.get("RECIPES_TOOLS", ROOT / ".venv-recipes/bin"))
EXAMPLES = ROOT / "examples"


def run_tool(
    name: str, *words: object, cwd: Path = ROOT, given: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "GIT_"))}
    return subprocess.run(
        [str(TOOLS / name), *map(str, words)],
        cwd=cwd,
        input=given,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )

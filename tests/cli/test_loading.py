"""What a short command loads decides how long it takes."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.loading import load
from tests.cli.invoking import SPEC, written
from tests.running import ROOT

FRAMEWORKS = ROOT / "app" / "frameworks"
NEVER = ("fastapi", "prometheus_client", "structlog", "uvicorn", "numba", "junitparser")
ASKING = """
import sys
from pathlib import Path
from app.cli.__main__ import main
sys.argv = ["epochplan", "plan", sys.argv[1], "--format", "json"]
try:
    main()
finally:
    loaded = {name for name in sys.modules if sys.modules[name] is not None}
    print(*sorted(loaded), file=sys.stderr)
"""


def test_a_plan_loads_nothing_that_it_does_not_need(here: Path) -> None:
    command = [sys.executable, "-c", ASKING, written(here, SPEC)]

    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = asked.stderr.split()
    frameworks = {name.split(".")[2] for name in loaded if name.startswith("app.frameworks.")}
    assert "plan_id" in asked.stdout
    assert {*NEVER} & {*loaded} == set()
    assert {"native"} == {name for name in frameworks if (FRAMEWORKS / name).is_dir()}


def test_what_is_there_already_is_not_loaded_again() -> None:
    assert load("gc") is gc


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, enabled: bool) -> None:
    monkeypatch.delitem(sys.modules, "this_is_loaded_anew", raising=False)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ModuleNotFoundError):
            load("this_is_loaded_anew")
        assert gc.isenabled() == enabled
    finally:
        gc.enable()

"""Lock files that were written once: every Python and every container writes the same bytes."""

from pathlib import Path

import pytest
import yaml

from app.cli.lock_command import lock_bytes
from tests.api.calling import Service

LOCKS = Path(__file__).parent / "golden" / "locks"
SPECS = sorted(LOCKS.glob("*.yaml"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_a_lock_has_the_bytes_that_were_kept(spec: Path) -> None:
    fields = yaml.safe_load(spec.read_text("utf-8"))

    lock = Service().post("/v1/lock", fields).json()

    assert lock_bytes(lock) == spec.with_suffix(".lock.json").read_bytes()

"""The command within the image: no service, no network, nothing that may be written."""

from pathlib import Path

import pytest

from tests.container.hardened import run

LOCKS = Path(__file__).parents[1] / "golden" / "locks"
SPECS = sorted(LOCKS.glob("*.yaml"))


def epochplan(image: str, *arguments: str) -> str:
    """What the command prints, run on the folder of kept locks."""
    confined = ("--rm", "--read-only", "--network=none", "--cap-drop=ALL", "--user=10001:10001")
    folder = ("--volume", f"{LOCKS}:/specs:ro", "--workdir", "/specs")
    return run("docker", "run", *confined, *folder, image, "epochplan", *arguments)


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_a_lock_has_the_bytes_that_were_kept(image: str, spec: Path) -> None:
    lock = epochplan(image, "lock", spec.name, "--output", "-")

    assert lock == spec.with_suffix(".lock.json").read_text("ascii").strip()


def test_a_spec_is_checked_against_its_lock(image: str) -> None:
    report = epochplan(image, "check", "passes.yaml", "--lock", "passes.lock.json")

    assert "samples-dropped" in report

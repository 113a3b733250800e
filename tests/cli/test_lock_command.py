import errno
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.invoking import SPEC, invoked, written


def test_a_lock_holds_the_plan_and_no_float(here: Path) -> None:
    done = invoked("lock", written(here, SPEC))

    text = (here / "epochplan.lock.json").read_text("ascii")

    def refuse(digits: str) -> object:
        raise AssertionError(digits)

    lock = json.loads(text, parse_float=refuse)
    assert done.exit_code == 0
    assert text == json.dumps(lock, indent=2) + "\n"
    assert (lock["lock_version"], lock["plan"]["total_steps"]) == (1, 200)
    assert list(lock) == [
        "lock_version",
        "plan_id",
        "order_algorithm",
        "spec",
        "plan",
        "fingerprints",
    ]


def test_the_bytes_are_the_same_however_the_spec_is_written(here: Path) -> None:
    reordered = "\n".join(reversed(SPEC.splitlines())).replace("epochs: 10", "epochs: '10.0'")
    invoked("lock", written(here, SPEC), "-o", "one")
    invoked("lock", written(here, reordered), "--output", "two")

    assert (here / "one").read_bytes() == (here / "two").read_bytes()


RECORDED = {
    "--dataset-size=1_000_000_000_000 --global-batch-size=1024 --data-parallel-size=8 "
    "--epochs=2.5": ("b4e172737c5012f491d204373ba1c004c5c4b476e76987aeacd9ffc2f7a1151a"),
    "--dataset-size=91 --micro-batch-size=10 --data-parallel-size=2 --epochs=10 "
    "--framework=hf-trainer --set framework.version=4.45.2": (
        "e5fb17435d683eaccd440a5ba9ec8ad27d3eff2fb05c462cedfe278406dc1aac"
    ),
    "--dataset-size=2000 --global-batch-size=10 --steps-per-epoch=100 --epochs=10 "
    "--sampling-method=with_replacement --seed=18446744073709551615": (
        "9d94a755b44f498614e3f77241e8e01728d4e835e45c874f2bcff7b9ab9dadd9"
    ),
}


@pytest.mark.parametrize(("words", "digest"), RECORDED.items())
def test_the_bytes_are_those_that_were_recorded_whatever_the_python(
    words: str, digest: str
) -> None:
    done = invoked("lock", "-o", "-", *words.split())

    assert sha256(done.stdout_bytes).hexdigest() == digest


def test_a_lock_may_go_to_standard_output(here: Path) -> None:
    done = invoked("lock", written(here, SPEC), "-o", "-")

    assert json.loads(done.stdout)["lock_version"] == 1
    assert [path.name for path in here.iterdir()] == ["spec.yaml"]


def test_a_spec_with_faults_locks_nothing(here: Path) -> None:
    done = invoked("lock", written(here, SPEC), "--epochs", "0")

    assert (done.exit_code, done.stderr.partition(" ")[0]) == (1, "--epochs:")
    assert [path.name for path in here.iterdir()] == ["spec.yaml"]


def test_a_full_disk_leaves_the_old_lock(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "epochplan.lock.json").write_text("old")

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    done = invoked("lock", written(here, SPEC))

    assert (done.exit_code, "No space left on device" in done.stderr) == (1, True)
    assert (here / "epochplan.lock.json").read_text() == "old"
    assert len(list(here.iterdir())) == 2

"""Runs the torchrun recipe as a person does, and kills it as a machine does."""

import json
import os
import subprocess
import sysconfig
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.running import ROOT

TORCH_PYTHON = Path(os.environ.get("TORCH_PYTHON", ROOT / ".venv-peers/torch/bin/python"))
SCRIPT = ROOT / "examples/torchrun/train_digits_torch.py"
STEPS_PER_EPOCH = 29
PATIENCE_SECONDS = 240.0  # every process imports PyTorch and scikit-learn first


@dataclass(frozen=True)
class TorchRun:
    """One folder of checkpoints, and where the service is that its parts ask."""

    url: str
    folder: Path

    def begin(self, plan_id: str, *options: object, processes: int) -> subprocess.Popen[str]:
        launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
        told = ["--plan", plan_id, "--folder", str(self.folder), "--url", self.url]
        return subprocess.Popen(
            [TORCH_PYTHON, *launcher, str(processes), SCRIPT, *told, *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def train(self, plan_id: str, *options: object) -> None:
        """The whole of a part on one process."""
        with self.begin(plan_id, *options, processes=1) as training:
            _, errors = training.communicate(timeout=PATIENCE_SECONDS)
        assert training.returncode == 0, errors

    @property
    def progress(self) -> dict[str, Any]:
        """What the last checkpoint tells launchers; step 0 where there is none."""
        path = self.progress_file
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"step": 0}

    @property
    def progress_file(self) -> Path:
        return self.folder / "progress.json"

    def taken(self, start: int) -> dict[int, list[int]]:
        """Samples of every step that the part beginning at a step took, all ranks together."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for path in self.folder.glob(f"taken-from-{start}-rank-*.jsonl"):
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n"):  # what a rank was killed over is no step
                    row = json.loads(line)
                    found[row["step"]] += row["samples"]
        return {step: sorted(samples) for step, samples in found.items()}


def environment() -> dict[str, str]:
    """PyTorch of its own environment; the client of this tree; the rest of the tests' own.

    Coverage stays out: it is about the service, and slow.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    paths = f"{ROOT / 'client'}{os.pathsep}{sysconfig.get_path('purelib')}"
    return kept | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}


def kill_in_mid_epoch(run: TorchRun, training: subprocess.Popen[str], *, after: int) -> None:
    """SIGKILL for the launcher and all its ranks, once a checkpoint stands within an epoch."""
    wait_until(lambda: run.progress["step"] >= after, training)
    while True:
        # held first, looked at then, and only then killed: so it is certain where the run stood
        processes = [psutil.Process(training.pid)]
        processes += processes[0].children(recursive=True)
        for process in processes:
            process.suspend()
        if run.progress["step"] % STEPS_PER_EPOCH:
            break
        for process in processes:
            process.resume()
        time.sleep(0.01)
    for process in processes:
        process.kill()
    training.communicate(timeout=PATIENCE_SECONDS)
    psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)


def wait_until(condition: Callable[[], bool], training: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert training.poll() is None, f"training ended by itself: {training.communicate()}"
        assert time.monotonic() < give_up, "training does not come so far"
        time.sleep(0.01)

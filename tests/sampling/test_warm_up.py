"""The compiled code that an image carries, used where nothing can be written."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.sampling.kernel_set import KernelSet

PRODUCT = Path(__file__).parents[2] / "app"
WARM_UP = """
import json
from dataclasses import fields
import numpy as np
from app.sampling.warm_up import warm_up
warm_up()
from app.sampling.backend import backend
from app.sampling.kernel_cache import cache_faults
from app.sampling.keys import Purpose
from app.sampling.permutation import Permutation
kernels = backend().kernels
compiled = [getattr(kernels, field.name) for field in fields(kernels) if field.name != "name"]
out = np.empty(2, np.int64)
Permutation.keyed(Purpose.SHUFFLE, seed=42, number=7, dataset_size=10**12).fill(out, start=0)
print(json.dumps({
    "backend": kernels.name,
    "read": sum(sum(kernel.stats.cache_hits.values()) for kernel in compiled),
    "compiled": sum(sum(kernel.stats.cache_misses.values()) for kernel in compiled),
    "faults": dict(cache_faults()),
    "sample_indices": out.tolist(),
}))
"""
KERNELS = len(fields(KernelSet)) - 1
BOTH_WIDTHS = 2  # kernels that write 64-bit and 32-bit numbers
FORMS = KERNELS + BOTH_WIDTHS
KERNELS_OF_ONE_ORDER = 4
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


class Image:
    """A copy of the sampling code, its kernels compiled, that nobody can write."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "image"
        for room in ("arithmetic", "sampling"):
            shutil.copytree(PRODUCT / room, self.root / "app" / room)
        for file in ("__init__.py", "errors.py"):
            shutil.copy(PRODUCT / file, self.root / "app")
        self.built = self.run()
        for path in [self.root, *self.root.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)

    def run(self, **environment: str) -> dict[str, Any]:
        """Warm up in a process of its own, which has no home and no other environment."""
        privileged = os.geteuid() == 0 and self.root.stat().st_mode & 0o222 == 0
        finished = subprocess.run(
            [*(UNPRIVILEGED if privileged else []), sys.executable, "-c", WARM_UP],
            cwd=self.root,
            env={"PATH": os.defpath} | environment,
            capture_output=True,
            check=True,
            text=True,
        )
        answer: dict[str, Any] = json.loads(finished.stdout)
        return answer


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image(tmp_path_factory.mktemp("warm_up"))


def test_a_read_only_image_reads_every_kernel_and_compiles_none(image: Image) -> None:
    started = image.run()

    assert (started["read"], started["compiled"], started["faults"]) == (FORMS, 0, {})


@pytest.fixture(scope="module")
def elsewhere(image: Image) -> dict[str, Any]:
    return image.run(NUMBA_CPU_NAME="generic")


def test_on_another_processor_every_kernel_is_compiled(elsewhere: dict[str, Any]) -> None:
    assert (elsewhere["backend"], elsewhere["read"], elsewhere["compiled"]) == ("numba", 0, FORMS)


def test_another_processor_computes_the_same_samples(elsewhere: dict[str, Any]) -> None:
    assert elsewhere["sample_indices"] == [687343491314, 675643532158]


def test_on_another_processor_it_is_known_why_nothing_is_kept(elsewhere: dict[str, Any]) -> None:
    assert len(elsewhere["faults"]) == KERNELS + KERNELS_OF_ONE_ORDER

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.sampling.backend import backend, backend_name, first_that_works
from app.sampling.kernel_set import KernelSet
from app.sampling.numba_set import KernelsUnavailableError

ROOT = Path(__file__).parents[2]


def answer_of(program: str, **environment: str) -> str:
    """What a Python process of its own prints."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()


def test_this_machine_compiles() -> None:
    assert (backend_name(), backend().reason) == ("numba", "")


@pytest.mark.parametrize(
    "fault",
    [
        ImportError("No module named 'numba'"),
        OSError("Could not find/load shared object file"),
        KernelsUnavailableError("unknown target triple"),
    ],
)
def test_where_nothing_compiles_the_reason_is_kept(fault: Exception) -> None:
    def broken() -> KernelSet:
        raise fault

    found = first_that_works(broken)

    assert found.kernels.name == "numpy"
    assert str(fault) in found.reason


def test_a_fault_of_our_own_is_no_reason_to_be_slow() -> None:
    def broken() -> KernelSet:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        first_that_works(broken)


def test_without_numba_indices_come_from_numpy() -> None:
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "from app.sampling.backend import backend\n"
        "print(backend().kernels.name, '|', backend().reason)"
    )

    name, _, reason = answer_of(program).partition(" | ")

    assert name == "numpy"
    assert "numba" in reason


def test_numba_that_must_not_compile_is_not_used() -> None:
    program = (
        "from app.sampling.backend import backend\n"
        "print(backend().kernels.name, '|', backend().reason)"
    )

    name, _, reason = answer_of(program, NUMBA_DISABLE_JIT="1").partition(" | ")

    assert name == "numpy"
    assert "NUMBA_DISABLE_JIT" in reason


def test_plans_without_indices_do_not_wait_for_numba() -> None:
    program = (
        "import sys\n"
        "import app.sampling.permutation, app.sampling.draws, app.sampling.warm_up\n"
        "print('numba' in sys.modules)"
    )

    assert answer_of(program) == "False"

"""Where compiled code is kept; a directory below a file stands for one that cannot be written."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from numba.core import config

from app.sampling.kernel_cache import cache_faults

SOURCE = """
from app.sampling.kernel import kernel

@kernel
def tripled(x: int) -> int:
    return 3 * x
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "toy_kernels.py").write_text(SOURCE)
    return folder


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    (tmp_path / "file").touch()
    return tmp_path / "file" / "below"


@pytest.fixture(autouse=True)
def no_directory_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", "")


def new_process(source: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The kernels as a process sees them that has just begun."""
    spec = importlib.util.spec_from_file_location("toy_kernels", source / "toy_kernels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "toy_kernels", module)
    spec.loader.exec_module(module)
    assert module.tripled(14) == 42
    return module


def was_read(module: ModuleType) -> bool:
    hits: dict[object, int] = module.tripled.stats.cache_hits
    return sum(hits.values()) == 1


def kept_in(folder: Path) -> bool:
    return any(folder.rglob("toy_kernels.tripled-*.nbc"))


def test_compiled_code_is_kept_beside_its_source(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = new_process(source, monkeypatch)

    second = new_process(source, monkeypatch)

    assert (was_read(first), was_read(second)) == (False, True)
    assert kept_in(source / "__pycache__")


def test_compiled_code_is_kept_in_the_directory_that_is_given(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "given"))
    new_process(source, monkeypatch)

    second = new_process(source, monkeypatch)

    assert was_read(second)
    assert (kept_in(tmp_path / "given"), kept_in(source)) == (True, False)


def test_beside_a_source_that_cannot_be_written_the_users_directory_is_used(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "__pycache__").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    new_process(source, monkeypatch)

    second = new_process(source, monkeypatch)

    assert was_read(second)
    assert kept_in(tmp_path / "home")


def test_a_given_directory_that_cannot_be_used_does_no_harm(
    source: Path, unwritable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(unwritable))

    module = new_process(source, monkeypatch)

    assert not was_read(module)
    assert "NotADirectoryError" in cache_faults()["toy_kernels.tripled"]


def test_without_any_directory_every_process_compiles_for_itself(
    source: Path, unwritable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "__pycache__").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(unwritable))
    new_process(source, monkeypatch)

    second = new_process(source, monkeypatch)

    assert not was_read(second)


def test_a_change_in_any_file_of_kernels_makes_all_compiled_code_old(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_process(source, monkeypatch)
    (source / "other_kernels.py").write_text("FACTOR = 3\n")

    second = new_process(source, monkeypatch)

    assert not was_read(second)


def test_a_user_without_a_home_gets_no_directory_named_after_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "__pycache__").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", "~")
    monkeypatch.chdir(tmp_path)

    new_process(source, monkeypatch)

    assert not kept_in(tmp_path)


def test_a_truncated_file_does_no_harm(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_process(source, monkeypatch)
    for index in source.rglob("*.nbi"):
        index.write_bytes(b"")

    second = new_process(source, monkeypatch)

    assert not was_read(second)

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from numba.core.errors import TypingError
from numpy.typing import NDArray

from app.sampling import numba_set
from app.sampling.draws import Draws
from app.sampling.keys import Purpose
from app.sampling.numba_set import NUMBA_SET, KernelsUnavailableError, compiled_numba_set
from app.sampling.permutation import Permutation
from app.sampling.philox import philox_words
from app.sampling.python_shuffle import python_shuffled
from app.sampling.torch_draws import torch_randint
from app.sampling.torch_permutation import torch_randperm

KERNELS = [field for field in fields(NUMBA_SET) if field.name != "name"]


def signatures() -> list[int]:
    return [len(getattr(NUMBA_SET, field.name).signatures) for field in KERNELS]


def test_every_kernel_is_compiled_for_the_ways_in_which_it_is_called() -> None:
    compiled_numba_set()
    ways = signatures()

    narrow, wide = np.empty(2, np.uint32), np.empty(2, np.int64)
    for size, out in ((2, narrow), (65_536, narrow), (2, wide), (2**63 - 1, wide)):
        key: dict[str, Any] = {"seed": 2**64 - 1, "number": 2**64, "dataset_size": size}
        Permutation.keyed(Purpose.SHUFFLE, **key, kernels=NUMBA_SET).fill(out, start=0)
        Draws.keyed(**key, kernels=NUMBA_SET).fill(out, start=2**63 - 3, stride=2**63 - 1)
    torch_randperm(2, seed=2**64 - 1, skipped_words=10**4)
    torch_randint(2, dataset_size=2**63 - 1, seed=-1, skipped_words=10**4)
    python_shuffled(2, seed=2**64 - 1)
    philox_words(2**64 - 1, 2**64 - 1, start=2**66 - 4, count=3)

    assert signatures() == ways
    assert set(ways) == {1, 2}


def test_kernels_that_do_not_compile_are_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def shuffled_table(_: int, __: np.uint64) -> NDArray[np.uint16]:
        raise TypingError("no such type on this machine")

    broken = replace(NUMBA_SET, shuffled_table=shuffled_table)
    monkeypatch.setattr(numba_set, "NUMBA_SET", broken)

    with pytest.raises(KernelsUnavailableError, match="no such type"):
        compiled_numba_set()


def test_numba_that_was_told_not_to_compile_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numba_set, "fill_feistel", lambda *_: None)

    with pytest.raises(KernelsUnavailableError, match="NUMBA_DISABLE_JIT"):
        compiled_numba_set()

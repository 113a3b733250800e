"""docs/native-order.md says the truth: whoever implements from it compares with its vectors."""

from pathlib import Path

import numpy as np
import pytest

from app.sampling.draws import Draws
from app.sampling.kernel_set import KernelSet
from app.sampling.keys import Purpose
from app.sampling.permutation import Permutation
from tests.sampling import reference

DOCUMENT = (Path(__file__).parents[2] / "docs" / "native-order.md").read_text(encoding="utf-8")
PURPOSES = {
    "shuffle": Purpose.SHUFFLE,
    "random_sample": Purpose.RANDOM_SAMPLE,
    "with_replacement": Purpose.WITH_REPLACEMENT,
}

Vector = tuple[Purpose, int, int, int, int, int]


def vectors() -> list[Vector]:
    _, _, table = DOCUMENT.partition("## Test vectors")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return [(PURPOSES[row[0].strip("`")], *map(int, row[1:])) for row in rows]  # type: ignore[misc] # six columns


def fast(vector: Vector, kernels: KernelSet) -> int:
    purpose, seed, number, size, position, _ = vector
    out = np.empty(1, np.int64)
    if purpose is Purpose.WITH_REPLACEMENT:
        order: Draws | Permutation = Draws.keyed(
            seed=seed, number=number, dataset_size=size, kernels=kernels
        )
    else:
        order = Permutation.keyed(
            purpose, seed=seed, number=number, dataset_size=size, kernels=kernels
        )
    order.fill(out, start=position)
    return int(out[0])


def plain(vector: Vector) -> int:
    purpose, seed, number, size, position, _ = vector
    if purpose is Purpose.WITH_REPLACEMENT:
        return reference.draw(seed, number, size, position)
    return reference.permutation(purpose, seed, number, size, position)


def test_the_document_has_vectors_for_every_method_that_is_random() -> None:
    assert {purpose for purpose, *_ in vectors()} == set(Purpose)


@pytest.mark.parametrize("vector", vectors(), ids=str)
def test_the_reference_computes_the_vectors(vector: Vector) -> None:
    assert plain(vector) == vector[-1]


def test_every_kernel_computes_the_vectors(kernels: KernelSet) -> None:
    wrong = [vector for vector in vectors() if fast(vector, kernels) != vector[-1]]

    assert wrong == []


@pytest.mark.parametrize("purpose", Purpose)
def test_the_document_names_the_personalisations(purpose: Purpose) -> None:
    assert f"`{purpose}`" in DOCUMENT

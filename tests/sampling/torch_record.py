"""Reads what torch itself gave out, recorded by tests/golden/record_torch_generators.py."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from app.sampling.kernel_set import KernelSet
from app.sampling.torch_draws import draw_words, torch_randint
from app.sampling.torch_permutation import randperm_words, torch_randperm

RECORD = Path(__file__).parents[1] / "golden" / "torch_generators.json"
SHOWN = 10
DIGESTED_TOGETHER = 2**20


@dataclass(frozen=True)
class Calls:
    """Calls of one version of torch with one seed, and its answers."""

    version: str
    in_turn: bool
    seed: int
    calls: Sequence[Sequence[Any]]
    answers: Sequence[list[int] | str]

    @property
    def large_branch(self) -> bool:
        return self.version_numbers >= (2, 6)

    @property
    def wide_from(self) -> int:
        return 2**28 if self.version_numbers >= (2, 7) else 2**32

    @property
    def version_numbers(self) -> tuple[int, ...]:
        return tuple(map(int, self.version.split(".")))

    def __str__(self) -> str:
        how = "in turn" if self.in_turn else "fresh"
        return f"{self.version} {how} {self.seed} {self.calls[0]} x {len(self.calls)}"


def recorded(part: str) -> list[Calls]:
    versions = json.loads(RECORD.read_text("utf-8"))
    return [
        Calls(version, part == "in_turn", **calls)
        for version, record in versions.items()
        for calls in record[part]
    ]


def our_answers(calls: Calls, kernels: KernelSet | None = None) -> Iterator[list[int] | str]:
    skipped = 0
    for name, *arguments in calls.calls:
        if name == "randperm":
            [size] = arguments
            permutation = torch_randperm(
                size,
                seed=calls.seed,
                skipped_words=skipped,
                large_branch=calls.large_branch,
                kernels=kernels,
            )
            words = randperm_words(size, large_branch=calls.large_branch)
            yield shown(permutation)
        else:
            count, limit = arguments
            draws = torch_randint(
                count,
                dataset_size=limit,
                seed=calls.seed,
                skipped_words=skipped,
                wide_from=calls.wide_from,
                kernels=kernels,
            )
            words = count * draw_words(limit, calls.wide_from)
            yield shown(draws)
        skipped += words if calls.in_turn else 0


def shown(values: NDArray[Any]) -> list[int] | str:
    if values.size <= SHOWN:
        few: list[int] = values.tolist()
        return few
    digest = hashlib.sha256()
    for start in range(0, values.size, DIGESTED_TOGETHER):
        digest.update(values[start : start + DIGESTED_TOGETHER].astype("<i8").data)
    return digest.hexdigest()

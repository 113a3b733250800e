"""Orders that torch's samplers give, out of its generator on the CPU."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.arithmetic.integers import ceil_div
from app.sampling.mersenne_twister import raw_words
from app.sampling.order import Identity, Order, PassOrder
from app.sampling.shuffle_table import sample_type
from app.sampling.table_order import TableOrder
from app.sampling.torch_draws import draw_words, torch_randint
from app.sampling.torch_permutation import randperm_words, torch_randperm

_SEED_MASK = 2**32 - 1
_SKIPPED_PER_SAMPLE = 8
"""Words of the generator that are skipped in the time that one sample takes to be shuffled."""

_SEED_WORDS = 2
"""Words of the generator that make one drawn seed, the high word first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchNumbers:
    """How one version of torch turns words of its generator into numbers.

    Attributes:
        large_branch: Whether randperm permutes 214,748,364 samples and more in a way of its own.
        wide_from: Dataset size from which on randint draws 64 bits.
    """

    large_branch: bool = True
    wide_from: int = 2**28


TORCH = TorchNumbers()
"""The newest version."""


def identity_order(dataset_size: int) -> Order:
    """The samples in the order of the dataset, again from its head where they run out."""
    return PassOrder(
        dataset_size=dataset_size,
        first_position=0,
        order_of=lambda _: Identity(),
        table_size=0,
        fresh_order_per_pass=False,
    )


def randperm_order(
    dataset_size: int, seed: int, *, skipped_words: int = 0, numbers: TorchNumbers = TORCH
) -> Order:
    """torch.randperm of a generator with that seed; positions beyond it repeat it from its head.

    >>> out = np.empty(3, np.int64)
    >>> randperm_order(10, seed=2**32 + 42).fill(out, start=8)
    >>> out.tolist()
    [3, 7, 2]
    """
    make = partial(
        torch_randperm,
        dataset_size,
        seed=seed & _SEED_MASK,
        skipped_words=skipped_words,
        large_branch=numbers.large_branch,
    )
    key = ("randperm", dataset_size, seed & _SEED_MASK, skipped_words, numbers.large_branch)
    return TableOrder(key=key, entries=dataset_size, make=make)


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSampler:
    """torch's RandomSampler, read epoch by epoch through a DataLoader.

    Source: torch 2.13.0, torch/utils/data/sampler.py and dataloader.py. Without replacement it
    always draws one permutation more than it gives out whole.

    >>> sampler = RandomSampler(dataset_size=10, num_samples=10, generator="sampler")
    >>> out = np.empty(4, np.int64)
    >>> sampler.order(0, epoch=1).fill(out, start=0)
    >>> out.tolist()
    [4, 0, 8, 5]

    Attributes:
        dataset_size: Samples in the dataset.
        num_samples: Samples of an epoch.
        generator: Which generator is seeded: "sampler", "loader" or "global".
        replacement: Whether every sample is drawn independently.
        numbers: The version of torch.
    """

    dataset_size: int
    num_samples: int
    generator: str
    replacement: bool = False
    numbers: TorchNumbers = TORCH

    def order(self, seed: int, epoch: int) -> Order:
        """The order of one epoch."""
        make: Callable[[], NDArray[Any]] = partial(self._table, seed & _SEED_MASK, epoch)
        return TableOrder(
            key=(repr(self), seed & _SEED_MASK, epoch), entries=self.num_samples, make=make
        )

    def work(self, epoch: int) -> int:
        """What it takes to compute the order of an epoch, in samples that are shuffled.

        Without replacement whole permutations are shuffled, however little is read of the last.
        """
        drawn = self.num_samples if self.replacement else self._permutations * self.dataset_size
        return drawn + self._skipped_words(epoch) // _SKIPPED_PER_SAMPLE

    def _table(self, seed: int, epoch: int) -> NDArray[Any]:
        skipped = self._skipped_words(epoch)
        if self.generator == "global":
            # the words behind the base seed of this epoch's loader seed its generator; the low
            # half of a seed is the word that is drawn second
            seed, skipped = int(raw_words(seed, skipped_words=skipped + 1, count=1)[0]), 0
        if self.replacement:
            return torch_randint(
                self.num_samples,
                dataset_size=self.dataset_size,
                seed=seed,
                skipped_words=skipped,
                wide_from=self.numbers.wide_from,
            )
        if self.num_samples == self.dataset_size:
            return self._permutation(seed, skipped)
        return self._cut_permutations(seed, skipped)

    def _permutation(self, seed: int, skipped: int) -> NDArray[Any]:
        return torch_randperm(
            self.dataset_size,
            seed=seed,
            skipped_words=skipped,
            large_branch=self.numbers.large_branch,
        )

    def _cut_permutations(self, seed: int, skipped: int) -> NDArray[Any]:
        """Permutations one after another, in an array that holds no more than what is read."""
        table = np.empty(self.num_samples, sample_type(self.dataset_size))
        for number in range(self._permutations):
            part = table[number * self.dataset_size :][: self.dataset_size]
            before = skipped + number * self._permutation_words
            part[:] = self._permutation(seed, before)[: len(part)]
        return table

    @property
    def _permutations(self) -> int:
        """Permutations that an epoch reads, the last one maybe in part."""
        return ceil_div(self.num_samples, self.dataset_size)

    @property
    def _permutation_words(self) -> int:
        return randperm_words(self.dataset_size, large_branch=self.numbers.large_branch)

    def _skipped_words(self, epoch: int) -> int:
        """Words that are drawn from the seeded generator before the numbers of an epoch."""
        if self.generator == "global":
            return epoch * 2 * _SEED_WORDS + _SEED_WORDS
        base_seed = _SEED_WORDS if self.generator == "loader" else 0
        if self.replacement:
            words = self.num_samples * draw_words(self.dataset_size, self.numbers.wide_from)
        else:
            words = (self.num_samples // self.dataset_size + 1) * self._permutation_words
        return epoch * (base_seed + words) + base_seed

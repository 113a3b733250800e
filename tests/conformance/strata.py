"""Draws the numbers of random cases, with the edges of the field over-represented."""

from collections.abc import Callable
from random import Random

_STRATA: tuple[tuple[int, Callable[[Random], int]], ...] = (
    (8, lambda random: random.randint(1, 12)),
    (6, lambda random: random.randint(13, 50)),
    (4, lambda random: 1 << random.randint(1, 12)),
    (3, lambda random: (1 << random.randint(2, 12)) + random.choice((-1, 1))),
    (2, lambda random: random.randint(51, 3_000)),
)
"""Weight and drawing of each stratum of dataset sizes; larger ones are cases of their own."""


def small_size(random: Random) -> int:
    """A dataset size: mostly tiny, often next to a power of two, sometimes in the thousands."""
    weights = [weight for weight, _ in _STRATA]
    ((_, draw),) = random.choices(_STRATA, weights)
    return draw(random)


def large_size(random: Random) -> int:
    """A dataset size from tens of thousands to millions; its lists are compared by digest."""
    return random.choice(
        (random.randint(10_000, 99_999), random.randint(100_000, 3_000_000), 2**20 + 1)
    )


def seed(random: Random, *, bits: int = 64) -> int:
    """A seed below 2^bits, with the edges of 32 and 64 bits among them."""
    edges = [0, 1, 42, 2**31, 2**32 - 1, 2**32, 2**32 + 42, 2**63 - 1, 2**63, 2**64 - 1]
    legal = [edge for edge in edges if edge < 2**bits]
    return random.choice([random.choice(legal), random.randrange(2**bits), random.randrange(1000)])


def ranks(random: Random) -> int:
    """A number of ranks, often larger than a tiny dataset."""
    return random.choice((1, 1, 2, 2, 3, 4, 5, 8, 11))


def micro_batch_size(random: Random) -> int:
    """Samples per rank per micro-step, sometimes more than a tiny dataset has."""
    return random.choice((1, 1, 2, 3, 4, 5, 8, 16, 33))


def accumulation(random: Random) -> int:
    """Micro-steps of a full step."""
    return random.choice((1, 1, 2, 3, 4, 7))

"""Records what torch's CPU generator gives out: run it with the python of an environment of torch.

Stands alone: it needs torch and the standard library. Adds the record of the installed version to
torch_generators.json. A record that would come out differently today is an error. With `--huge` it
also records the two permutations around the size from which newer versions permute in another
way: two gigabytes and a minute.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import torch

RECORD: Final = Path(__file__).with_name("torch_generators.json")
SHOWN: Final = 10  # longer answers are recorded as a digest

SEEDS: Final = (0, 1, 42, 12345, 2**31, 2**32 - 1, 2**32, 2**32 + 42, 2**63 - 1, 2**64 - 1, -1)
SIZES: Final = (0, 1, 2, 3, 10, 311, 312, 313, 623, 624, 625, 626, 1249, 5003)
LARGE_SIZE: Final = 10**6
HUGE_SIZES: Final = (214_748_363, 214_748_364)
LIMITS: Final = (
    *(1, 2, 10, 1000, 2**28 - 1, 2**28, 2**28 + 1, 2**31),
    *(2**32 - 1, 2**32, 2**32 + 5, 2**40, 2**62, 2**63 - 1),
)

Call = Sequence[Any]


def permutation(size: int) -> Call:
    return ("randperm", size)


def draws(count: int, limit: int) -> Call:
    return ("randint", count, limit)


SEQUENCES: Final[Sequence[Sequence[Call]]] = (
    [permutation(10)] * 4,
    [permutation(size) for size in (0, 1, 2, 625, 624, 623, 1000, 5003)],
    [draws(3, 10), permutation(100), draws(5, 2**40), permutation(1000), draws(700, 7)],
    [draws(1, 2), draws(311, 2**32), draws(1, 2**33), permutation(5), draws(2, 2**28)],
    [draws(1, 2**63 - 1), permutation(10), permutation(10)] * 3,
)


def answer(call: Call, generator: torch.Generator) -> list[int] | str:
    """The values of a short call, the SHA-256 of a long one's as little-endian int64."""
    if call[0] == "randperm":
        values = torch.randperm(call[1], generator=generator)
    else:
        values = torch.randint(call[2], (call[1],), generator=generator)
    if values.numel() <= SHOWN:
        shown: list[int] = values.tolist()
        return shown
    return hashlib.sha256(memoryview(values.numpy())).hexdigest()


def fresh(seed: int, calls: Iterable[Call]) -> dict[str, Any]:
    """Every call with a generator of its own."""
    calls = list(calls)
    answers = [answer(call, torch.Generator().manual_seed(seed)) for call in calls]
    return {"seed": seed, "calls": calls, "answers": answers}


def in_turn(seed: int, calls: Iterable[Call]) -> dict[str, Any]:
    """All calls with one generator."""
    calls, generator = list(calls), torch.Generator().manual_seed(seed)
    return {"seed": seed, "calls": calls, "answers": list(map(answer, calls, repeat(generator)))}


def recorded() -> dict[str, Any]:
    """What the installed version gives out."""
    return {
        "fresh": [
            *(fresh(seed, map(permutation, SIZES)) for seed in SEEDS),
            *(fresh(seed, (draws(1000, limit) for limit in LIMITS)) for seed in SEEDS[:3]),
            fresh(7, [permutation(LARGE_SIZE), draws(LARGE_SIZE, 10**9)]),
        ],
        "in_turn": [in_turn(seed, calls) for seed in (0, 2**33 + 5) for calls in SEQUENCES],
    }


def main(arguments: Sequence[str]) -> None:
    """Add the installed version to the record."""
    records = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    version = torch.__version__.partition("+")[0]
    found = recorded()
    if "--huge" in arguments:
        found["huge"] = [fresh(11, map(permutation, HUGE_SIZES))]
    found = json.loads(json.dumps(found))  # as it will be read again
    known = records.setdefault(version, found)
    if any(known.setdefault(part, found[part]) != found[part] for part in found):
        message = f"torch {version} gives out something else today; the record stays as it is"
        raise SystemExit(message)
    lines = (f'"{name}": {json.dumps(record)}' for name, record in sorted(records.items()))
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"torch {', '.join(records)} in {RECORD.name}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Cases of accelerate: loaders shared out by batches, accumulation that flushes or carries over."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_MICRO_STEPS = 200
"""About so many micro-steps of one rank are trained for a case."""

_FLAGS = (
    "split_batches",
    "even_batches",
    "use_seedable_sampler",
    "sync_with_dataloader",
    "step_scheduler_with_optimizer",
)


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": strata.ranks(random),
        "sampling": _sampling(random),
    }
    spec["framework"] = _framework(random, spec)
    spec.update(_budget(random, spec))
    if random.random() < 0.04:
        spec.update(_illegal(random, spec))
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(2, 6)})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Every way to shuffle, with a dataset of its own size and a few hundred micro-steps."""
    for method, seedable in (("shuffle", True), ("shuffle", False), ("with_replacement", True)):
        size, ranks = strata.large_size(random), random.choice((1, 2, 3))
        spec = {
            "dataset_size": size,
            "micro_batch_size": size // random.randint(50, 150) // ranks + 1,
            "gradient_accumulation_steps": strata.accumulation(random),
            "data_parallel_size": ranks,
            "epochs": 3,
            "sampling": {"method": method, "seed": strata.seed(random, bits=63)},
            "framework": {
                "name": "accelerate",
                "version": "1.15.0",
                "use_seedable_sampler": seedable,
                "even_batches": random.random() < 0.5,
            },
        }
        yield {"spec": spec, "epochs": [0, 2], "digest": True}


def _sampling(random: Random) -> dict[str, Any]:
    method = random.choice(("sequential", "shuffle", "shuffle", "shuffle", "with_replacement"))
    return {"method": method, "seed": strata.seed(random)}


def _framework(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {"name": "accelerate", "version": "1.15.0"}
    options |= {name: random.random() < 0.5 for name in _FLAGS if random.random() < 0.5}
    fits = spec["dataset_size"] >= _row(spec)
    if random.random() < (0.4 if fits else 0.05):
        options["drop_last"] = random.random() < 0.7
    shuffled = spec["sampling"]["method"] != "sequential"
    if options.get("use_seedable_sampler") and shuffled and random.random() < 0.5:
        options["data_seed"] = random.choice((None, strata.seed(random)))
    return options


def _row(spec: dict[str, Any]) -> int:
    return int(spec["micro_batch_size"] * spec["data_parallel_size"])


def _budget(random: Random, spec: dict[str, Any]) -> dict[str, int]:
    """Epochs or updates, few enough for a short run."""
    most = max(1, _MICRO_STEPS // -(-spec["dataset_size"] // _row(spec)))
    if random.random() < 0.6:
        return {"epochs": random.randint(1, min(most, 12))}
    return {"steps": random.randint(1, _MICRO_STEPS // spec["gradient_accumulation_steps"])}


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options = spec["framework"]
    shuffle = {"method": "shuffle", "seed": 1}
    too_large = options | {"use_seedable_sampler": True, "data_seed": 2**64}
    return random.choice(
        (
            {"sampling": {"method": "shuffle_once", "seed": 1}},
            {"framework": options | {"dispatch_batches": True}},
            {"sampling": shuffle, "framework": too_large},
            {"steps_per_epoch": random.randint(1, 9)},
        )
    )

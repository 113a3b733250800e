"""Cases of DeepSpeed: accumulation across the loader's end, and elastic batch sizes."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

VERSIONS = ("0.19.5", "0.19.7", "0.19.8")
"""Elastic training with an oversight, without it, and none."""

_MICRO_STEPS = 60
"""About so many micro-steps of one rank are trained for a case."""

_FACTORS = ("micro_batch_size", "gradient_accumulation_steps", "data_parallel_size")


def draw_case(random: Random, version: str | None = None) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    version = version or random.choice(VERSIONS)
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": strata.ranks(random),
        "framework": {"name": "deepspeed", "version": version},
    }
    if random.random() < 0.8:
        method = random.choice(("shuffle", "shuffle", "shuffle_once"))
        spec["sampling"] = {"method": method, "seed": strata.seed(random)}
    _make_short(random, spec)
    if random.random() < 0.5:
        spec["framework"]["dataloader_drop_last"] = random.random() < 0.15
    spec.update(_budget(random, spec))
    if random.random() < (0.02 if version == VERSIONS[-1] else 0.3):
        _make_elastic(random, spec)
    elif random.random() < 0.3:
        _give_global_batch(random, spec)
    if random.random() < 0.03:
        spec.update(_illegal(random, spec))
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(2, 9)})}


def large_cases(random: Random, version: str | None = None) -> Iterator[dict[str, Any]]:
    """Large datasets, a few dozen micro-steps."""
    for ranks in (1, 2, 3):
        size = strata.large_size(random)
        spec = {
            "dataset_size": size,
            "micro_batch_size": size // random.randint(20, 40) // ranks + 1,
            "gradient_accumulation_steps": strata.accumulation(random),
            "data_parallel_size": ranks,
            "epochs": 2,
            "sampling": {"method": "shuffle", "seed": 0},
            "framework": {"name": "deepspeed", "version": version or random.choice(VERSIONS)},
        }
        yield {"spec": spec, "epochs": [0, 1], "digest": True}


def _make_short(random: Random, spec: dict[str, Any]) -> None:
    """Larger micro-batches where an epoch would take too long."""
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    if spec["dataset_size"] > _MICRO_STEPS * row:
        fewest = spec["dataset_size"] // spec["data_parallel_size"] // _MICRO_STEPS
        spec["micro_batch_size"] = random.randint(fewest + 1, 3 * fewest + 3)


def _budget(random: Random, spec: dict[str, Any]) -> dict[str, int]:
    """Epochs or updates, few enough for a short run."""
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    micro_steps = -(-spec["dataset_size"] // row)
    if random.random() < 0.6:
        # mostly enough for an update
        fewest = -(-spec["gradient_accumulation_steps"] // micro_steps)
        return {"epochs": random.randint(1 if random.random() < 0.1 else fewest, fewest + 5)}
    return {"steps": random.randint(1, _MICRO_STEPS // spec["gradient_accumulation_steps"])}


def _give_global_batch(random: Random, spec: dict[str, Any]) -> None:
    """Leaves one factor to be solved; seldom with a product that does not come out."""
    total = 1
    for factor in _FACTORS:
        total *= spec[factor]
    spec["global_batch_size"] = total + (random.random() < 0.05)
    spec.pop(random.choice(("micro_batch_size", "gradient_accumulation_steps")))


def _make_elastic(random: Random, spec: dict[str, Any]) -> None:
    """Batch sizes out of a block, mostly for numbers of ranks that many batch sizes have."""
    version = random.choice((0.1, 0.1, 0.2))
    sizes = [strata.micro_batch_size(random) for _ in range(random.randint(1, 4))]
    block = {
        "enabled": random.random() < 0.95,
        "max_train_batch_size": random.choice((random.randint(40, 400), 96, 256)),
        "micro_batch_sizes": sizes,
        "version": version,
    }
    spec["data_parallel_size"] = random.choice((1, 1, 1, 2, 2, 2, 3, 4, 6))
    if random.random() < 0.1:
        block = _documented_block()
        spec["data_parallel_size"] = random.choice((32, 36, 48, 51, 64, 68, 72, 128))
    block |= _elastic_bounds(random, version)
    if block["enabled"] and random.random() < 0.95:
        spec.pop("micro_batch_size")
        spec.pop("gradient_accumulation_steps")
    elif random.random() < 0.5:
        block["ignore_non_elastic_batch_info"] = True
    if random.random() < 0.95:
        spec.pop("epochs", None)
        spec["steps"] = random.randint(1, 3)
    spec["framework"]["elasticity"] = block


def _documented_block() -> dict[str, Any]:
    """The one of DeepSpeed's own tests."""
    return {
        "enabled": True,
        "max_train_batch_size": 10_000,
        "micro_batch_sizes": [8, 12, 16, 17],
        "min_gpus": 32,
        "max_gpus": 1_500,
        "min_time": 20,
        "version": 0.1,
    }


def _elastic_bounds(random: Random, version: float) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if random.random() < 0.15:
        bounds["min_gpus"] = random.choice((1, 1, 2, 30))
    if random.random() < 0.3:
        bounds["max_gpus"] = random.choice((32, 64, 64, 1_000, 2))
    if random.random() < 0.3:
        bounds["prefer_larger_batch"] = random.random() < 0.5
    if version == 0.2 and random.random() < 0.4:
        bounds["num_gpus_per_node"] = random.choice((1, 2, 4))
        bounds["model_parallel_size"] = random.choice((1, 1, 1, 1, 2))
    return bounds


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    return random.choice(
        (
            {"sampling": {"method": "sequential", "seed": 1}},
            {"framework": spec["framework"] | {"drop_last": True}},
            {"framework": spec["framework"] | {"elasticity": {"enabled": True}}},
            {"steps_per_epoch": random.randint(1, 9)},
        )
    )

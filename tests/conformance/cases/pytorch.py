"""Random cases of pytorch."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

DISTRIBUTED = ("shuffle", "shuffle", "sequential", "shuffle_once")


def draw_case(random: Random, version: str = "2.13.0") -> dict[str, Any]:
    """A case of any sampler, method, generator and way to accumulate; a few are illegal."""
    sampler = random.choice(("DistributedSampler", "RandomSampler", "SequentialSampler"))
    framework: dict[str, Any] = {
        "name": "pytorch",
        "version": version,
        "sampler": sampler,
        "drop_last": random.random() < 0.4,
        "accumulation": random.choice(("flush", "carry")),
    }
    size = strata.small_size(random)
    if sampler == "DistributedSampler":
        framework["sampler_drop_last"] = random.random() < 0.4
        method, ranks = random.choice(DISTRIBUTED), strata.ranks(random)
    elif sampler == "RandomSampler":
        framework["generator"] = random.choice(("sampler", "loader", "global"))
        framework["num_samples"] = random.choice((None, random.randint(1, 3 * size)))
        method, ranks = random.choice(("shuffle", "with_replacement")), 1
    else:
        method, ranks = "sequential", 1
    if random.random() < 0.03:
        method, ranks = random.choice((("with_replacement", ranks), (method, 2)))
    epochs = random.choice((1, 2, 3, 5))
    micro_batch_size = strata.micro_batch_size(random)
    if framework["drop_last"] and random.random() < 0.85:
        micro_batch_size = min(micro_batch_size, max(1, size // ranks))
    return {
        "spec": {
            "dataset_size": size,
            "micro_batch_size": micro_batch_size,
            "gradient_accumulation_steps": strata.accumulation(random),
            "data_parallel_size": ranks,
            "epochs": epochs,
            "sampling": {"method": method, "seed": strata.seed(random)},
            "framework": framework,
        },
        "epochs": sorted({0, epochs - 1}),
    }


def large_cases(random: Random, version: str = "2.13.0") -> Iterator[dict[str, Any]]:
    """Large datasets, and datasets beside the thresholds of the generator's numbers."""
    for _ in range(3):
        case = draw_case(random, version)
        size = strata.large_size(random)
        case["spec"] |= {"dataset_size": size, "micro_batch_size": 256, "data_parallel_size": 1}
        case["spec"]["sampling"]["method"] = "sequential"
        if case["spec"]["framework"]["sampler"] != "SequentialSampler":
            case["spec"]["sampling"]["method"] = "shuffle"
        if case["spec"]["framework"]["sampler"] == "RandomSampler":
            case["spec"]["framework"]["num_samples"] = None
        yield {**case, "digest": True}
    for size in (2**28 - 1, 2**28, 2**28 + 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5):
        yield _draws(size, random, version)


def huge_cases(random: Random, version: str = "2.13.0") -> Iterator[dict[str, Any]]:
    """Both sides of the size from which on randperm goes another way.

    torch makes a list of the whole permutation, some 10 GB for a while, and reads its head only.
    """
    del random
    for size in (214_748_363, 214_748_364):
        yield {
            "spec": {
                "dataset_size": size,
                "micro_batch_size": 100,
                "epochs": 1,
                "sampling": {"method": "shuffle", "seed": 11},
                "framework": {
                    "name": "pytorch",
                    "version": version,
                    "sampler": "RandomSampler",
                    "num_samples": 1_000,
                },
            },
            "epochs": [0],
        }


def _draws(size: int, random: Random, version: str) -> dict[str, Any]:
    return {
        "spec": {
            "dataset_size": size,
            "micro_batch_size": 100,
            "epochs": 2,
            "sampling": {"method": "with_replacement", "seed": strata.seed(random)},
            "framework": {
                "name": "pytorch",
                "version": version,
                "sampler": "RandomSampler",
                "num_samples": 1_000,
                "generator": random.choice(("sampler", "loader", "global")),
            },
        },
        "epochs": [0, 1],
        "digest": True,
    }

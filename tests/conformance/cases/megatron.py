"""Cases of Megatron: both samplers, batches that ramp up or are rounded down, blends."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_VERSION = "0.16.1"


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    size = strata.small_size(random)
    spec: dict[str, Any] = {
        "dataset_size": size,
        "micro_batch_size": strata.micro_batch_size(random),
        "data_parallel_size": strata.ranks(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "framework": {"name": "megatron", "version": _VERSION},
    }
    _shrink_to_fit(random, spec)
    options = spec["framework"]
    options.update(_sampler(random, spec) | _evaluation(random) | _blend(random, size))
    if random.random() < 0.35:
        options.update(_ramp(random, spec))
    elif random.random() < 0.25:
        _decrease(random, spec)
    spec.update(_budget(random, spec))
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(2, 9)})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Each sampler with a large dataset, with and without a blend."""
    for sampler in (
        {"dataloader_type": "single"},
        {"dataloader_type": "single", "blend": [random.random() for _ in range(7)]},
        {"dataloader_type": "cyclic"},
        {"dataloader_type": "cyclic", "data_sharding": False},
        {"dataloader_type": "cyclic", "data_sharding": False, "blend": [3, 1, 0.25]},
    ):
        cyclic = sampler["dataloader_type"] == "cyclic"
        spec: dict[str, Any] = {
            "dataset_size": min(strata.large_size(random), 1_500_000),
            "micro_batch_size": random.choice((8, 32, 100)),
            "data_parallel_size": random.choice((2, 3)),
            "gradient_accumulation_steps": random.choice((1, 4)),
            "sampling": {"method": "shuffle" if cyclic else "sequential"},
            "framework": {"name": "megatron", "version": _VERSION, **sampler},
        }
        spec["samples"] = spec["dataset_size"]
        yield {"spec": spec, "epochs": [0], "digest": True}


def _shrink_to_fit(random: Random, spec: dict[str, Any]) -> None:
    """Have most datasets hold a step, so that most cases are plans."""
    factors = ["gradient_accumulation_steps", "micro_batch_size", "data_parallel_size"]
    while _step(spec) > spec["dataset_size"] and random.random() < 0.97:
        largest = max(factors, key=lambda name: int(spec[name]))
        spec[largest] = random.randint(1, spec[largest] - 1)


def _step(spec: dict[str, Any]) -> int:
    return int(
        spec["micro_batch_size"] * spec["data_parallel_size"] * spec["gradient_accumulation_steps"]
    )


def _sampler(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    if random.random() < 0.35:
        spec["sampling"] = {"method": "sequential", "seed": strata.seed(random)}
        last = {} if random.random() < 0.6 else {"drop_last": random.random() < 0.3}
        return {"dataloader_type": "single", **last}
    if random.random() < 0.3:
        spec["sampling"] = {"method": "shuffle", "seed": strata.seed(random)}
    sharding = {} if random.random() < 0.3 else {"data_sharding": random.random() < 0.3}
    return {"dataloader_type": "cyclic", **sharding}


def _evaluation(random: Random) -> dict[str, Any]:
    if random.random() < 0.6:
        return {}
    iterations = {} if random.random() < 0.3 else {"eval_iters": random.randint(0, 50)}
    return {"eval_interval": random.choice((1, 3, 10, 1_000)), **iterations}


def _blend(random: Random, size: int) -> dict[str, Any]:
    count = random.choice((1, 2, 3, 5, 12))
    kind = random.random()
    if kind < 0.7:
        return {}
    if kind < 0.85:
        weight = random.choice((random.random, lambda: random.randint(1, 9), lambda: 0.1))
        return {"blend": [weight() for _ in range(count)]}
    sizes = [random.randint(1, max(1, size // count)) for _ in range(count)]
    sizes[0] += max(0, size - sum(sizes))
    return {"blend_sizes": sizes if random.random() < 0.5 else [*sizes, random.randint(1, 9)]}


def _ramp(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """A ramp to the full batch, most often in whole micro-steps, sometimes in odd sizes."""
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    if spec["framework"]["dataloader_type"] == "cyclic":
        spec["gradient_accumulation_steps"] += random.choice((0, 1, 2, 5))
    increment = row * random.choice((1, 1, 2)) if random.random() < 0.8 else random.randint(1, 9)
    most = (_step(spec) - row) // increment
    if not most and random.random() < 0.95:
        return {}
    rises = random.randint(min(1, most), min(most, 6))
    start = _step(spec) - rises * increment + (random.random() < 0.02)
    samples = random.choice((1, 7, random.randint(1, 60), random.randint(1, 3_000)))
    ramp: dict[str, Any] = {"rampup_batch_size": [start, increment, samples]}
    if random.random() < (0.97 if start % row or increment % row else 0.2):
        ramp["decrease_batch_size_if_needed"] = True
    return ramp


def _decrease(random: Random, spec: dict[str, Any]) -> None:
    """A global batch that is rounded down, named in the spec or among the options."""
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    nominal = _step(spec) + random.randint(0, row - 1)
    if random.random() < 0.5:
        spec["framework"]["global_batch_size"] = nominal
    else:
        del spec["gradient_accumulation_steps"]
        spec["global_batch_size"] = nominal
    if random.random() < 0.97 or nominal % row == 0:
        spec["framework"]["decrease_batch_size_if_needed"] = True


def _budget(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """A budget that most often stays within the dataset where it is read only once."""
    size, options = spec["dataset_size"], spec["framework"]
    step = spec.get("global_batch_size") or _step(spec)
    whole = max(1, size // step)
    virtual = {"steps_per_epoch": random.randint(1, 5)} if random.random() < 0.2 else {}
    once = options["dataloader_type"] == "single" and random.random() < 0.93
    most = 1 if once else random.choice((1, 3, 12))
    samples = {"samples": random.randint(step, max(step, most * size))}
    if "rampup_batch_size" in options and random.random() < 0.97:
        return samples | virtual
    epochs = random.choice((1, most, "0.5" if size >= 2 * step else 1, f"{most - 1}.75"))
    steps = {"steps": random.randint(1, most * whole + (not once))}
    if virtual:
        return random.choice((samples, steps)) | virtual
    return random.choice((samples, steps, {"epochs": epochs}))

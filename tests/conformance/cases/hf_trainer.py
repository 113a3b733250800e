"""Cases of the Trainer: plans and loops of four versions, ratios of steps, resumed runs."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_MICRO_STEPS = 60
"""About so many micro-steps of one rank are trained for a case."""

VERSIONS = ("4.45.2", "4.51.3", "4.57.1", "5.23.0")


def draw_case(random: Random, version: str | None = None) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": strata.ranks(random),
    }
    _make_short(random, spec)
    version = version or random.choice(VERSIONS)
    spec["sampling"] = _sampling(random, version)
    spec["framework"] = {"name": "hf-trainer", "version": version}
    spec["framework"] |= _loader(random, spec) | _intervals(random) | _warmup(random, version)
    if version != "4.45.2" and spec["sampling"]["method"] == "shuffle" and random.random() < 0.3:
        spec["framework"]["data_seed"] = random.choice((None, strata.seed(random)))
    spec.update(_budget(random, spec))
    spec["framework"] |= _resume(random, spec)
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
            "epochs": 3,
            "sampling": {"method": "shuffle", "seed": strata.seed(random, bits=32)},
            "framework": {
                "name": "hf-trainer",
                "version": version or random.choice(VERSIONS),
                "even_batches": random.random() < 0.5,
            },
        }
        yield {"spec": spec, "epochs": [0, 1], "digest": True}


def _make_short(random: Random, spec: dict[str, Any]) -> None:
    """Larger micro-batches where an epoch would take too long."""
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    if spec["dataset_size"] > _MICRO_STEPS * row:
        fewest = spec["dataset_size"] // spec["data_parallel_size"] // _MICRO_STEPS
        spec["micro_batch_size"] = random.randint(fewest + 1, 3 * fewest + 3)


def _sampling(random: Random, version: str) -> dict[str, Any]:
    method = "shuffle"
    if version >= "5" and random.random() < 0.2:
        method = "sequential"
    return {"method": method, "seed": strata.seed(random, bits=32)}


def _loader(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {
        name: random.random() < 0.6
        for name in ("split_batches", "even_batches")
        if random.random() < 0.4
    }
    fits = spec["dataset_size"] >= spec["micro_batch_size"] * spec["data_parallel_size"]
    if random.random() < (0.3 if fits else 0.03):
        options["dataloader_drop_last"] = random.random() < 0.7
    return options


def _intervals(random: Random) -> dict[str, Any]:
    options: dict[str, Any] = {
        name: random.choice((1, 2, 3, 7, 100, 1.0, 4.0, 0.5, 0.33, 0.07, random.random()))
        for name in ("logging_steps", "eval_steps", "save_steps")
        if random.random() < 0.4
    }
    if random.random() < 0.1:
        options[random.choice(("eval_steps", "save_steps"))] = 0
    return options


def _warmup(random: Random, version: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    ratio = random.choice((0, 1, 0.0, 0.03, 0.07, 0.1, 0.5, 1.0, random.random()))
    if random.random() < 0.4:
        steps = random.choice((0, 1, 2, 10, 500))
        with_ratio = random.choice((steps, ratio, 1.5, 20.0))
        options["warmup_steps"] = with_ratio if version >= "5" else steps
    if version < "5" and random.random() < 0.4:
        options["warmup_ratio"] = ratio
    return options


def _micro_steps(spec: dict[str, Any]) -> int:
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    return int(-(-spec["dataset_size"] // row))


def _budget(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """Epochs, whole or not, or steps, few enough for a short run."""
    most = max(1, _MICRO_STEPS // _micro_steps(spec))
    whole = random.randint(1, min(most, 10))
    if random.random() < 0.3:
        return {"steps": random.randint(1, max(1, 40 // spec["gradient_accumulation_steps"]))}
    if random.random() < 0.6:
        return {"epochs": whole}
    part = random.choice((0.1, 0.3, 0.5, 0.7, 0.9, 1.1, random.randint(1, 999) / 1_000))
    epochs = round(whole - 1 + part, 3)
    return {"epochs": random.choice((epochs, str(epochs)))}


def _resume(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """A checkpoint that every version reaches: it plans one update of an epoch or more."""
    if random.random() < 0.6 or float(spec.get("epochs", 1)) < 1:
        return {}
    steps = spec["steps"] if "steps" in spec else int(float(spec["epochs"]))
    options: dict[str, Any] = {"resume_from_checkpoint": random.randint(1, steps)}
    if random.random() < 0.5:
        options["ignore_data_skip"] = random.random() < 0.7
    return options


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options, sampling = spec["framework"], spec["sampling"]
    return random.choice(
        (
            {"sampling": sampling | {"method": "shuffle_once"}},
            {"sampling": sampling | {"seed": 2**32 + random.randrange(9)}},
            {"framework": options | {"logging_steps": 0}},
            {"framework": options | {"save_steps": 2.5}},
            {"framework": options | {"eval_steps": 1.5}},
            {"framework": options | {"group_by_length": True}},
            {"framework": options | {"warmup_steps": -1}},
            {"framework": options | {"sampler": "DistributedSampler"}},
        )
    )

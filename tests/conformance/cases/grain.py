"""Cases of Grain: one stream over all epochs, sharded by blocks or by strides."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_VERSION = {"name": "grain", "version": "0.2.18"}
_MICRO_STEPS = 40
"""About so many micro-steps of one rank are loaded for a case with a budget of steps."""

_TINY = 60

_DEFECTIVE = (4**8, 4**8 + 1, 4**8 + 2)
"""Sizes at and beside those for which Grain's shuffle is no bijection."""


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    api = random.choice(("DataLoader",) * 5 + ("MapDataset",) * 3 + ("ElasticIterator",) * 2)
    size = strata.small_size(random)
    # Grain's shuffle takes 65,536 / size steps for each index of a tiny dataset or range
    short = size < _TINY and random.random() < 0.9
    spec: dict[str, Any] = {
        "dataset_size": size,
        "micro_batch_size": min(strata.micro_batch_size(random), 3 if short else 33),
        "gradient_accumulation_steps": min(strata.accumulation(random), 2 if short else 7),
        "data_parallel_size": _ranks(random, api, size),
        "sampling": _sampling(random, api),
    }
    spec |= _budget(random, spec, sharded=api == "DataLoader")
    spec["framework"] = _VERSION | _options(random, api, spec)
    if random.random() < 0.9 and _drops_everything(spec):
        spec["micro_batch_size"] = 1
    if random.random() < 0.03:
        spec |= _illegal(random, spec)
    epochs = {0, random.randint(0, 2), random.randint(0, 9), random.randint(0, 60)}
    return {"spec": spec, "epochs": sorted(epochs)}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Whole passes with and without the defect, and slices out of the depth of huge datasets."""
    spec = _large_spec(random, "MapDataset", random.choice(_DEFECTIVE))
    yield {"spec": spec | {"epochs": 2}, "epochs": [0, 1], "digest": True}
    # the last sample of every rank's range is the one that the defect leaves out
    spec = _large_spec(random, "DataLoader", random.choice(_DEFECTIVE)) | {"micro_batch_size": 64}
    spec["dataset_size"] *= spec["data_parallel_size"]
    spec |= {"steps_per_epoch": 8, "epochs": 130}
    yield {"spec": spec, "epochs": [0, 128, 129], "digest": True}
    for api in ("DataLoader", "MapDataset", "ElasticIterator"):
        for size in (_huge_size(random), strata.large_size(random)):
            spec = _large_spec(random, api, size) | {"steps_per_epoch": random.randint(1, 20)}
            last = random.randrange(10**6)
            yield {"spec": spec | {"epochs": last + 1}, "epochs": [0, last], "digest": True}


def _large_spec(random: Random, api: str, size: int) -> dict[str, Any]:
    return {
        "dataset_size": size,
        "micro_batch_size": random.randint(50, 150),
        "data_parallel_size": random.randint(1, 4),
        "sampling": {"method": "shuffle", "seed": strata.seed(random, bits=32)},
        "framework": _VERSION | {"api": api},
    }


def _huge_size(random: Random) -> int:
    """A size of many bits, often beside a power of two: there Grain's logarithm is rounded."""
    power: int = 2 ** random.randint(30, 62)
    return power + random.choice((0, 1, 2, 3, 12, 13, 1000, random.randrange(power)))


def _sampling(random: Random, api: str) -> dict[str, Any]:
    methods = ["sequential", "shuffle", "shuffle", "shuffle"]
    if api != "DataLoader":
        methods.append("shuffle_once")
    return {"method": random.choice(methods), "seed": strata.seed(random, bits=32)}


def _drops_everything(spec: dict[str, Any]) -> bool:
    """Whether no rank has a whole micro-batch, and drops what it has."""
    options = spec["framework"]
    drops = options.get("drop_remainder", options.get("api") == "ElasticIterator")
    per_rank = spec["dataset_size"] * spec.get("epochs", 1) // spec["data_parallel_size"]
    endless = "epochs" not in spec or "steps_per_epoch" in spec
    return drops and not endless and per_rank < spec["micro_batch_size"]


def _ranks(random: Random, api: str, size: int) -> int:
    """A number of ranks; an IndexSampler needs a sample for each of them."""
    ranks = strata.ranks(random)
    return ranks if api != "DataLoader" or ranks <= size or random.random() < 0.1 else size


def _options(random: Random, api: str, spec: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {} if api == "DataLoader" else {"api": api}
    if api != "ElasticIterator":
        options["drop_remainder"] = random.random() < 0.4
    if api == "DataLoader":
        options["shard_drop_remainder"] = random.random() < 0.4
        options["worker_count"] = random.choice((0, 0, 0, 0, 1, 2, 3, 5))
    else:
        options["pipeline_seed"] = random.random() < 0.4
    # short micro-batches in the middle of a step are refused here, but not by Grain
    cut = "epochs" in spec and "steps_per_epoch" not in spec
    if options.get("worker_count", 0) > 1 and cut and spec["gradient_accumulation_steps"] > 1:
        options["drop_remainder"] = True
    return options


def _budget(random: Random, spec: dict[str, Any], *, sharded: bool) -> dict[str, Any]:
    """Epochs, or steps or samples, with virtual epochs among them; few enough for a short run."""
    size = spec["dataset_size"]
    global_batch = spec["micro_batch_size"] * spec["data_parallel_size"]
    global_batch *= spec["gradient_accumulation_steps"]
    # in a range of n samples an index takes Grain 65,536 / n steps: some 200,000 in all are enough
    budget = max(30, min(1_000, 9 * size // (spec["data_parallel_size"] if sharded else 1)))
    steps = min(_MICRO_STEPS // spec["gradient_accumulation_steps"], budget // global_batch)
    steps = random.randint(1, max(1, steps))
    virtual = random.randint(1, steps)
    epochs = random.choice((1, 1, 2, 3, random.randint(1, 10)))
    epochs = max(1, min(epochs, budget // size))
    return random.choice(
        (
            {"epochs": epochs},
            {"epochs": epochs},
            {"epochs": epochs},
            {"steps": steps},
            {"samples": random.randint(1, steps * global_batch)},
            {"epochs": steps // virtual, "steps_per_epoch": virtual},
            {"steps": steps, "steps_per_epoch": virtual},
        )
    )


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    framework, sampling = spec["framework"], spec["sampling"]
    return random.choice(
        (
            {"sampling": sampling | {"seed": strata.seed(random) | 2**32}, "framework": _VERSION},
            {"sampling": sampling | {"method": "with_replacement"}},
            {"sampling": sampling | {"method": "shuffle_once"}, "framework": _VERSION},
            {"framework": framework | {"api": "IterDataset"}},
            {"framework": _VERSION | {"api": "MapDataset", "worker_count": 2}},
            {"framework": _VERSION | {"api": "ElasticIterator", "drop_remainder": True}},
            {"framework": framework | {"num_epochs": 3}},
            {"data_parallel_size": spec["dataset_size"] + 1, "framework": _VERSION},
        )
    )

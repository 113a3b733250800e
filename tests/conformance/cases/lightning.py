"""Cases of Lightning: limits, validation, the samplers it puts in, and those it leaves alone."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

VERSION = "2.6.6"

_MICRO_STEPS = 24
"""About so many micro-steps of rank 0 are trained for a case; each takes a millisecond or two."""

_LATEST = 200
"""Epochs of a run whose late epochs are looked at."""


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": strata.ranks(random),
        "sampling": {"method": _method(random), "seed": _seed(random)},
    }
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    if spec["dataset_size"] > _MICRO_STEPS * row:
        spec["micro_batch_size"] *= -(-spec["dataset_size"] // (_MICRO_STEPS * row))
    length = _loader_length(spec)
    options = _options(random, length)
    spec["framework"] = {"name": "lightning", "version": VERSION, **options}
    spec.update(_budget(random, length, spec["gradient_accumulation_steps"]))
    if random.random() < 0.03:
        spec.update(_illegal(random, spec))
    late = _LATEST - 1 if spec.get("epochs") == _LATEST else random.randint(2, _MICRO_STEPS)
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(2, 4), late})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Every sampler with a dataset of its own size and a few dozen micro-steps."""
    for ranks, options in (
        (1, {}),
        (3, {}),
        (2, {"sampler": "UnrepeatedDistributedSampler"}),
        (2, {"use_distributed_sampler": False}),
        (3, {"sampler": "DistributedSampler", "limit_train_batches": 0.7}),
    ):
        size = strata.large_size(random)
        spec = {
            "dataset_size": size,
            "micro_batch_size": size // random.randint(5, 20) // ranks + 1,
            "gradient_accumulation_steps": strata.accumulation(random),
            "data_parallel_size": ranks,
            "epochs": 3,
            "sampling": {"method": "shuffle", "seed": strata.seed(random, bits=32)},
            "framework": {"name": "lightning", "version": VERSION, **options},
        }
        yield {"spec": spec, "epochs": [0, 2], "digest": True}


def _method(random: Random) -> str:
    return random.choice(("shuffle", "shuffle", "shuffle", "sequential"))


def _seed(random: Random) -> int:
    """Seldom more than seed_everything takes."""
    return strata.seed(random, bits=64 if random.random() < 0.05 else 32)


def _loader_length(spec: dict[str, Any]) -> int:
    """About so many micro-batches that a loader has."""
    row: int = spec["micro_batch_size"] * spec["data_parallel_size"]
    size: int = spec["dataset_size"]
    return -(-size // row)


def _options(random: Random, length: int) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if random.random() < 0.3:
        options["limit_train_batches"] = _limit(random, length)
    if random.random() < 0.15:
        options["overfit_batches"] = _limit(random, length)
    if random.random() < 0.4:
        options.update(_validation(random, length))
    if random.random() < 0.4:
        options["sampler"] = random.choice(
            ("DistributedSampler", "UnrepeatedDistributedSampler", None)
        )
    for name, chance in (("drop_last", 0.18), ("use_distributed_sampler", 0.3)):
        if random.random() < chance:
            options[name] = random.random() < 0.5
    if random.random() < 0.3:
        options["strategy"] = random.choice(("auto", "ddp"))
    return options


def _limit(random: Random, length: int) -> float:
    """An integer, a double that is one, or a share of the loader; seldom nothing at all."""
    micro_batches, share = random.randint(1, length + 2), random.uniform(min(1.0, 1.01 / length), 1)
    if random.random() < 0.02:
        return random.choice((0, 0.0, round(random.random(), 2)))
    return random.choice(
        (micro_batches, micro_batches, float(micro_batches), round(share, 3), share, 1, 1.0)
    )


def _validation(random: Random, length: int) -> dict[str, Any]:
    intervals: list[float | None] = [None, 1]
    if random.random() < 0.3:
        intervals += [random.randint(1, 3 * length)]
        return {"val_check_interval": random.choice(intervals), "check_val_every_n_epoch": None}
    most = max(1, length // 3)
    intervals += [random.randint(1, most), float(random.randint(1, most))]
    intervals += [random.random(), 1.0, 0.5]
    every = random.choice((1, 1, 2, 3, 7))
    return {"val_check_interval": random.choice(intervals), "check_val_every_n_epoch": every}


def _budget(random: Random, length: int, accumulation: int) -> dict[str, int]:
    """Epochs or updates, few enough for a short run, unless a late epoch is asked for."""
    if length == 1 and random.random() < 0.1:
        return {"epochs": _LATEST}
    if random.random() < 0.6:
        return {"epochs": random.randint(1, max(1, _MICRO_STEPS // length))}
    return {"steps": random.randint(1, max(1, _MICRO_STEPS // min(length, accumulation)))}


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options = random.choice(
        (
            # overfit_batches hides it from the package, but never from a plan
            {"limit_train_batches": 1.2, "overfit_batches": 0.0},
            {"overfit_batches": -0.1},
            {"val_check_interval": 1e6},
            {"val_check_interval": 0},
            {"val_check_interval": 0.5, "check_val_every_n_epoch": None},
            {"strategy": "dp"},
            {"sampler": "RandomSampler"},
        )
    )
    return random.choice(
        (
            {"sampling": {"method": "shuffle_once", "seed": 1}},
            {"steps_per_epoch": random.randint(1, 9)},
            {"framework": spec["framework"] | options},
            {"framework": spec["framework"] | options},
        )
    )

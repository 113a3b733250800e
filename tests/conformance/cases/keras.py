"""Cases of keras: arrays, PyDatasets and tf.data in one call of fit, with one replica or a few."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_VERSION = {"name": "keras", "version": "3.15.1"}
_MICRO_STEPS = 24
"""About so many micro-steps are trained for a case."""


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    kind = random.choice(("array", "array", "PyDataset", "tf.data.Dataset", "tf.data.Dataset"))
    replicas = random.choice((2, 3, 4)) if random.random() < 0.06 else 1
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": replicas,
    }
    _fit_in(random, spec)
    spec["framework"] = _VERSION | _options(random, kind)
    spec["sampling"] = _sampling(random, spec)
    _shuffle_options(random, spec)
    spec |= _epochs(random, spec)
    _avoid_chance(spec)
    if random.random() < 0.04:
        spec |= _illegal(random, spec)
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(0, 3), random.randint(0, 9)})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Tens of thousands of samples and more, in some hundred micro-steps."""
    for kind, seed_bits in (("array", 32), ("PyDataset", 32), ("tf.data.Dataset", 64)):
        size = strata.large_size(random)
        spec = {
            "dataset_size": size,
            "micro_batch_size": size // random.randint(30, 90) + 1,
            "epochs": 4,
            "steps_per_epoch": random.randint(20, 60),
            "sampling": {"method": "shuffle", "seed": strata.seed(random, bits=seed_bits)},
            "framework": _VERSION | {"data": kind},
        }
        yield {"spec": spec, "epochs": [0, 1, 3], "digest": True}


def _row(spec: dict[str, Any]) -> int:
    return int(spec["micro_batch_size"] * spec["data_parallel_size"])


def _fit_in(random: Random, spec: dict[str, Any]) -> None:
    """Batches large enough for a short pass, and a first batch that replicas share equally."""
    size, ranks = spec["dataset_size"], spec["data_parallel_size"]
    most = 6 if ranks > 1 else _MICRO_STEPS
    if size > most * _row(spec):
        spec["micro_batch_size"] = -(-size // (random.randint(2, most) * ranks))
    if size < _row(spec) and random.random() < 0.9:
        spec["dataset_size"] = -(-size // ranks) * ranks


def _options(random: Random, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = {} if kind == "array" and random.random() < 0.5 else {"data": kind}
    if random.random() < 0.3:
        options["steps_per_execution"] = random.choice((1, 2, 2, 3, 5))
    if kind == "tf.data.Dataset":
        if random.random() < 0.4:
            options["drop_remainder"] = random.random() < 0.7
        if random.random() < 0.4:
            options["repeat"] = random.choice(("before_batch", "after_batch", None))
    return options


def _sampling(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    kind = spec["framework"].get("data", "array")
    methods = ["sequential", "shuffle", "shuffle"]
    if kind == "tf.data.Dataset":
        methods.append("shuffle_once")
    bits = 64 if kind == "tf.data.Dataset" or random.random() < 0.02 else 32
    return {"method": random.choice(methods), "seed": strata.seed(random, bits=bits)}


def _shuffle_options(random: Random, spec: dict[str, Any]) -> None:
    framework, size = spec["framework"], spec["dataset_size"]
    if spec["sampling"]["method"] == "sequential":
        return
    if framework.get("data", "array") == "array" and random.random() < 0.4:
        framework["shuffle"] = random.choice(("batch", "batch", None))
    if framework.get("data") == "tf.data.Dataset" and random.random() < 0.6:
        framework["buffer_size"] = random.choice((1, 2, 7, size, size + 1, None))


def _epochs(random: Random, spec: dict[str, Any]) -> dict[str, int]:
    """Epochs or updates, with steps_per_epoch or without."""
    accumulation = spec["gradient_accumulation_steps"]
    there = -(-spec["dataset_size"] // _row(spec))
    most = _MICRO_STEPS // (3 if spec["data_parallel_size"] > 1 else 1)
    fields: dict[str, int] = {}
    asked = there
    if spec["framework"].get("repeat") or random.random() < 0.6:
        nearby = (there, there + 1, max(1, there - 1), random.randint(1, there), 2 * there)
        fields["steps_per_epoch"] = max(1, min(random.choice(nearby), most) // accumulation)
        asked = fields["steps_per_epoch"] * accumulation
    if random.random() < 0.7 or spec["framework"].get("steps_per_execution", 1) > 1:
        fewest = -(-accumulation // min(asked, there))
        return fields | {"epochs": max(fewest, random.randint(1, max(1, most // asked)))}
    return fields | {"steps": random.randint(1, max(1, most // accumulation))}


def _avoid_chance(spec: dict[str, Any]) -> None:
    """Sizes that fit where fit fails by chance, or where a short batch would come inside."""
    framework, method = spec["framework"], spec["sampling"]["method"]
    kind, row = framework.get("data", "array"), _row(spec)
    if kind == "PyDataset" and method == "shuffle":
        spec["data_parallel_size"] = 1
        if spec["gradient_accumulation_steps"] > 1:
            spec["dataset_size"] = -(-spec["dataset_size"] // row) * row
    if framework.get("repeat"):
        if method == "shuffle":
            spec["data_parallel_size"] = 1
        if framework["repeat"] == "after_batch":
            spec["dataset_size"] = -(-spec["dataset_size"] // row) * row
    if framework.get("drop_remainder") and spec["dataset_size"] < row:
        spec["dataset_size"] = row


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    framework = spec["framework"]
    plain = {k: v for k, v in framework.items() if k in {"name", "version", "data"}}
    return random.choice(
        (
            {"sampling": {"method": "with_replacement"}},
            {"sampling": {"method": "shuffle_once"}, "framework": _VERSION},
            {"sampling": {"method": "shuffle", "seed": 2**32}, "framework": _VERSION},
            {"framework": plain | {"batch_size": 3}},
            {"framework": _VERSION | {"data": "PyDataset", "drop_remainder": True}},
            {"framework": _VERSION | {"buffer_size": 3}},
            {"remainder": "keep"},
        )
    )

"""Cases of tf-data: every order of its transformations, buffers of every size, streams."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_VERSION = {"name": "tf-data", "version": "2.21.0"}
_MICRO_STEPS = 60
"""About so many micro-steps of one rank are read for a case with a budget of steps."""

_PASSED = ("shard.shuffle.batch", "shuffle.shard.batch", "shuffle.batch.shard")
_REPEATED = (
    "shard.shuffle.repeat.batch",
    "shuffle.shard.repeat.batch",
    "shuffle.repeat.shard.batch",
    "shuffle.repeat.batch.shard",
    "shard.shuffle.batch.repeat",
    "shuffle.shard.batch.repeat",
    "shuffle.batch.shard.repeat",
    "shuffle.batch.repeat.shard",
)


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    repeats = random.random() < 0.6
    spec: dict[str, Any] = {
        "dataset_size": strata.small_size(random),
        "micro_batch_size": strata.micro_batch_size(random),
        "data_parallel_size": strata.ranks(random),
    }
    method = random.choice(("sequential", "shuffle", "shuffle", "shuffle", "shuffle_once"))
    spec["sampling"] = {"method": method, "seed": strata.seed(random)}
    spec["framework"] = _VERSION | _options(random, spec, repeats=repeats)
    spec |= _budget(random, spec, repeats=repeats)
    _even_out(random, spec)
    if random.random() < 0.05:
        spec |= _illegal(random, spec)
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(0, 3), random.randint(0, 9)})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Whole passes of tens of thousands of samples and more, with small buffers and large ones."""
    for order, part in (
        ("shard.shuffle.batch", 1),
        ("shuffle.shard.batch", 7),
        ("shuffle.batch.shard", 100),
        ("shuffle.repeat.shard.batch", 3),
    ):
        size, ranks = random.randint(10_000, 300_000), random.choice((1, 2, 3))
        spec = {
            "dataset_size": size,
            "micro_batch_size": size // random.randint(50, 150) // ranks + 1,
            "data_parallel_size": ranks,
            "epochs": 3,
            "sampling": {"method": "shuffle", "seed": strata.seed(random)},
            "framework": _VERSION | {"transformations": order, "buffer_size": size // part},
        }
        yield {"spec": spec, "epochs": [0, 2], "digest": True}


def _options(random: Random, spec: dict[str, Any], *, repeats: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    order = random.choice(_REPEATED if repeats else _PASSED)
    if order != _PASSED[0] or random.random() < 0.5:
        options["transformations"] = order
    if random.random() < 0.6:
        fits = spec["dataset_size"] >= spec["micro_batch_size"] * spec["data_parallel_size"]
        options["drop_remainder"] = fits and random.random() < 0.6
    if spec["sampling"]["method"] == "sequential":
        return options
    size = spec["dataset_size"]
    empty = size < spec["data_parallel_size"] and random.random() < 0.9
    if empty or random.random() < 0.7:
        sizes = (1, 2, 3, 7, size, size + 1, 2 * size, max(1, size - 1), random.randint(1, size))
        options["buffer_size"] = random.choice(sizes)
    if spec["sampling"]["method"] == "shuffle" and random.random() < 0.5:
        options["reshuffle_each_iteration"] = random.random() < 0.5
    if random.random() < 0.4:
        options["global_seed"] = random.choice((None, strata.seed(random)))
    return options


def _budget(random: Random, spec: dict[str, Any], *, repeats: bool) -> dict[str, int]:
    """Epochs, steps or samples, and virtual epochs of what repeats; few enough to be read."""
    steps = random.randint(1, _MICRO_STEPS)
    virtual = random.randint(1, steps)
    row = spec["micro_batch_size"] * spec["data_parallel_size"]
    epochs = random.choice((1, 2, 2, 3, random.randint(1, 10 if spec["dataset_size"] < 99 else 3)))
    budgets = [{"epochs": epochs}, {"epochs": epochs}, {"steps": steps}]
    if repeats:
        budgets += [
            {"samples": random.randint(1, steps * row)},
            {"epochs": steps // virtual, "steps_per_epoch": virtual},
            {"steps": steps, "steps_per_epoch": virtual},
        ]
    return random.choice(budgets)


def _even_out(random: Random, spec: dict[str, Any]) -> None:
    """Sizes that fit, where repeat would make the ranks part ways."""
    order = spec["framework"].get("transformations", _PASSED[0]).split(".")
    if "repeat" not in order or (spec.get("epochs") == 1 and "steps_per_epoch" not in spec):
        return
    ranks, size = spec["data_parallel_size"], spec["micro_batch_size"]
    unit = ranks
    if order.index("batch") < order.index("repeat"):
        unit = ranks * size
    elif order.index("shard") > order.index("repeat"):
        unit = 1
    elif "epochs" not in spec or "steps_per_epoch" in spec:
        spec["dataset_size"] = max(spec["dataset_size"], ranks)
        unit = random.choice((1, ranks))
    spec["dataset_size"] = -(-spec["dataset_size"] // unit) * unit


def _illegal(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    framework, sampling = spec["framework"], spec["sampling"]
    return random.choice(
        (
            {"sampling": sampling | {"method": "with_replacement"}},
            {"gradient_accumulation_steps": random.randint(2, 5)},
            {"framework": _VERSION | {"transformations": _PASSED[1]}, "steps_per_epoch": 3},
            {"framework": framework | {"batch_size": 3}},
            {"framework": framework | {"transformations": "shard.batch.filter"}},
            {"sampling": {"method": "sequential"}, "framework": _VERSION | {"buffer_size": 5}},
            {"remainder": "drop"},
            {
                "sampling": {"method": "shuffle", "seed": 1},
                "framework": framework | {"buffer_size": 0},
            },
        )
    )

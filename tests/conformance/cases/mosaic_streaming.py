"""Cases of mosaic-streaming: nodes, ranks and workers, shards and shuffles, resumed runs."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.conformance import strata

_ALGORITHMS = ("naive", "py1br", "py1e", "py1s", "py2s")


def draw_case(random: Random) -> dict[str, Any]:
    """One case; a few percent of the configurations are illegal."""
    size = strata.small_size(random)
    nodes, ranks_per_node = _layout(random)
    spec: dict[str, Any] = {
        "dataset_size": size,
        "micro_batch_size": strata.micro_batch_size(random),
        "gradient_accumulation_steps": strata.accumulation(random),
        "data_parallel_size": nodes * ranks_per_node,
        "sampling": _sampling(random),
        "framework": {
            "name": "mosaic-streaming",
            "version": "0.13.0",
            **_written_layout(random, nodes, ranks_per_node),
            **_shards(random, size),
            **_shuffle(random),
            **_epoch_size(random, size),
        },
    }
    options = spec["framework"]
    options.update(_canonical_nodes(random, nodes, size) | _loader(random, spec))
    if random.random() < 0.35:
        options.update(_state(random, spec, nodes))
    if random.random() < 0.2:
        _resume_elsewhere(random, spec)
    spec.update(_budget(random))
    return {"spec": spec, "epochs": sorted({0, 1, random.randint(2, 9)})}


def large_cases(random: Random) -> Iterator[dict[str, Any]]:
    """Every shuffle with tens of thousands of samples, then with up to millions."""
    for algorithm in _ALGORITHMS:
        yield _large_case(random, algorithm, random.randint(10_000, 40_000))
    for algorithm in _ALGORITHMS:
        yield _large_case(random, algorithm, strata.large_size(random))


def _large_case(random: Random, algorithm: str, size: int) -> dict[str, Any]:
    nodes, ranks_per_node = _layout(random)
    spec = {
        "dataset_size": size,
        "micro_batch_size": random.choice((8, 32, 100)),
        "data_parallel_size": nodes * ranks_per_node,
        "epochs": 12,
        "sampling": {"method": "shuffle", "seed": strata.seed(random)},
        "framework": {
            "name": "mosaic-streaming",
            "version": "0.13.0",
            "num_physical_nodes": nodes,
            "num_canonical_nodes": nodes * random.choice((1, 2, 16)),
            "num_workers": random.choice((0, 8)),
            "samples_per_shard": random.choice((100, 1_000, 4_097)),
            "shuffle_algo": algorithm,
            "shuffle_block_size": random.choice((1_000, 2**18)),
            "as_loaded": random.random() < 0.2,
        },
    }
    return {"spec": spec, "epochs": [random.randint(0, 11)], "digest": True}


def _layout(random: Random) -> tuple[int, int]:
    return random.choice((1, 1, 1, 2, 2, 3, 4, 6)), random.choice((1, 1, 2, 2, 3, 4, 8))


def _written_layout(random: Random, nodes: int, ranks_per_node: int) -> dict[str, int]:
    written = [{"num_physical_nodes": nodes}, {"ranks_per_node": ranks_per_node}]
    written.append(written[0] | written[1])
    return random.choice(written)


def _sampling(random: Random) -> dict[str, Any]:
    method = random.choice(("sequential", "shuffle", "shuffle", "shuffle"))
    return {"method": method, "seed": random.choice((9176, strata.seed(random)))}


def _shards(random: Random, size: int) -> dict[str, Any]:
    if random.random() < 0.2 and size < 200:
        return {"shard_sizes": _cut(random, size)}
    if random.random() < 0.1:
        return {}
    return {"samples_per_shard": random.choice((1, 2, 3, 4, 7, 50, size))}


def _cut(random: Random, size: int) -> list[int]:
    """Sizes of shards, each at least 1, that add up to a size."""
    cuts = sorted(random.sample(range(1, size), random.randint(0, min(size - 1, 9))))
    return [stop - start for start, stop in zip([0, *cuts], [*cuts, size], strict=True)]


def _shuffle(random: Random) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if random.random() < 0.9:
        options["shuffle_algo"] = random.choice(_ALGORITHMS)
    if random.random() < 0.8:
        options["shuffle_block_size"] = random.choice(
            (1, 2, 3, 4, 6, 8, 9, 10, 50, 99, 1_000, 2**18)
        )
    return options


def _epoch_size(random: Random, size: int) -> dict[str, Any]:
    if random.random() < 0.8:
        return {}
    return {
        "epoch_size": random.choice((1, size, 2 * size, random.randint(1, 3 * size))),
        "sampling_granularity": random.choice((1, 1, 2, 3, 64)),
        "sampling_method": random.choice(("balanced", "fixed")),
    }


def _canonical_nodes(random: Random, nodes: int, size: int) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if random.random() < 0.3:
        options["partition_algo"] = random.choice(("orig", "relaxed"))
    if random.random() < 0.75:
        divisors = [number for number in range(1, nodes + 1) if nodes % number == 0]
        legal = [*divisors, 2 * nodes, 3 * nodes, 8 * nodes]
        filled = [number for number in legal if number <= size]
        chosen = [*filled * 4, *legal, random.randint(1, 12)]
        options["num_canonical_nodes"] = random.choice(chosen)
    return options


def _loader(random: Random, spec: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if random.random() < 0.5:
        options["num_workers"] = random.choice((0, 1, 2, 3, 8))
    fills = spec["dataset_size"] >= spec["data_parallel_size"] * spec["micro_batch_size"]
    if random.random() < (0.4 if fills else 0.05):
        options["drop_last"] = random.random() < 0.8
    if random.random() < 0.35:
        options["as_loaded"] = random.random() < 0.8
    return options


def _state(random: Random, spec: dict[str, Any], nodes: int) -> dict[str, Any]:
    """What a resumed run loads: most often whole steps, sometimes any number of samples."""
    ranks, size = spec["data_parallel_size"], spec["dataset_size"]
    state: dict[str, Any] = {"epoch": random.randint(0, 3)} if random.random() < 0.5 else {}
    if random.random() < 0.7:
        micro_step = ranks * spec["micro_batch_size"]
        whole = random.randint(0, size // micro_step) * micro_step
        state["sample_in_epoch"] = random.choice((whole, whole, random.randint(0, size + 2)))
    if random.random() < 0.7:
        state["initial_physical_nodes"] = random.choice((1, 2, 3, 4, nodes))
    return state


def _resume_elsewhere(random: Random, spec: dict[str, Any]) -> None:
    """Go on with another number of nodes that share the same global batch."""
    per_rank_of_node = random.choice((6, 12, 30))
    initial, nodes = random.choices([n for n in range(1, 13) if per_rank_of_node % n == 0], k=2)
    ranks_per_node = random.choice((1, 1, 2, 3))
    spec["data_parallel_size"] = nodes * ranks_per_node
    spec["micro_batch_size"] = per_rank_of_node // nodes
    options = spec["framework"]
    options |= {"num_physical_nodes": nodes, "initial_physical_nodes": initial}
    options |= {"ranks_per_node": ranks_per_node, "partition_algo": "relaxed"}
    options["num_canonical_nodes"] = initial * random.choice((1, 1, 2))
    taken = random.choice((0, 1, 2)) * per_rank_of_node * ranks_per_node
    options["sample_in_epoch"] = taken if taken <= spec["dataset_size"] else 0


def _budget(random: Random) -> dict[str, int]:
    return random.choice(({"epochs": 10}, {"epochs": random.randint(10, 99)}, {"steps": 10**6}))

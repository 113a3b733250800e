"""The peer side of pytorch: real samplers behind a real DataLoader, one rank after another."""

import hashlib
import json
import platform
import sys
from typing import Any

import torch
from torch.utils.data import (
    DataLoader,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
)

METHODS = {
    "DistributedSampler": {"shuffle", "sequential", "shuffle_once"},
    "RandomSampler": {"shuffle", "with_replacement"},
    "SequentialSampler": {"sequential"},
}


class Numbers:
    """A dataset whose samples are their own indices."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitems__(self, indices: list[int]) -> list[int]:
        return indices


def loader_of(spec: dict[str, Any], rank: int) -> tuple[DataLoader[Any], Sampler[int] | None]:
    options, method = spec["framework"], spec["sampling"]["method"]
    seed = spec["sampling"]["seed"]
    dataset: Any = Numbers(spec["dataset_size"])
    loading: dict[str, Any] = {
        "batch_size": spec["micro_batch_size"],
        "drop_last": options.get("drop_last", False),
        "collate_fn": list,
    }
    name = options.get("sampler", "DistributedSampler")
    if method not in METHODS[name]:
        raise ValueError(f"{name} cannot {method}")
    if name == "DistributedSampler":
        sampler = DistributedSampler(
            dataset,
            num_replicas=spec.get("data_parallel_size", 1),
            rank=rank,
            shuffle=method != "sequential",
            seed=seed,
            drop_last=options.get("sampler_drop_last", False),
        )
        return DataLoader(dataset, sampler=sampler, **loading), sampler
    if name == "SequentialSampler":
        return DataLoader(dataset, sampler=SequentialSampler(dataset), **loading), None
    drawing = {
        "replacement": method == "with_replacement",
        "num_samples": options.get("num_samples"),
    }
    where = options.get("generator", "sampler")
    if where == "global":
        torch.manual_seed(seed)
        return DataLoader(dataset, sampler=RandomSampler(dataset, **drawing), **loading), None
    generator = torch.Generator().manual_seed(seed)
    random = RandomSampler(dataset, **drawing, generator=generator)
    loading |= {"generator": generator} if where == "loader" else {}
    return DataLoader(dataset, sampler=random, **loading), None


def epochs_of(spec: dict[str, Any], rank: int, epochs: list[int]) -> dict[int, list[list[int]]]:
    loader, sampler = loader_of(spec, rank)
    found = {}
    for epoch in range(max(epochs) + 1):
        if isinstance(sampler, DistributedSampler):
            if epoch not in epochs:
                continue
            if spec["sampling"]["method"] != "shuffle_once":
                sampler.set_epoch(epoch)
        micro_batches = [[int(index) for index in micro_batch] for micro_batch in loader]
        if epoch in epochs:
            found[epoch] = micro_batches
    return found


def updates_of(spec: dict[str, Any], micro_steps: int) -> int:
    """Updates of a plain training loop, counted micro-step by micro-step."""
    accumulation = spec.get("gradient_accumulation_steps", 1)
    flush = spec["framework"].get("accumulation", "flush") == "flush"
    updates = waiting = 0
    for _ in range(spec["epochs"]):
        for micro_step in range(micro_steps):
            waiting += 1
            if waiting == accumulation or (flush and micro_step == micro_steps - 1):
                updates, waiting = updates + 1, 0
    return updates


def digest(micro_batches: list[list[int]]) -> dict[str, Any]:
    flat = torch.tensor([index for each in micro_batches for index in each], dtype=torch.int64)
    content = flat.numpy().astype("<i8").tobytes()
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "count": len(flat),
        "micro_batches": len(micro_batches),
    }


def answer(case: dict[str, Any]) -> dict[str, Any]:
    spec = case["spec"]
    ranks = spec.get("data_parallel_size", 1)
    try:
        if (
            ranks > 1
            and spec["framework"].get("sampler", "DistributedSampler") != "DistributedSampler"
        ):
            raise ValueError("these samplers know nothing of ranks")
        read = [epochs_of(spec, rank, case["epochs"]) for rank in range(ranks)]
        lengths = {len(loader_of(spec, rank)[0]) for rank in range(ranks)}
    except (ValueError, RuntimeError, TypeError) as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}
    (micro_steps,) = lengths
    numbers: dict[str, Any] = {"micro_steps_per_epoch": micro_steps}
    if "epochs" in spec:
        numbers["total_steps"] = updates_of(spec, micro_steps)
        if not numbers["total_steps"]:
            return {"refused": "no update at all"}
    write = digest if case.get("digest") else list
    epochs = {str(epoch): [write(rank[epoch]) for rank in read] for epoch in case["epochs"]}
    return {"numbers": numbers, "epochs": epochs}


def main() -> None:
    torch.set_num_threads(1)
    about = {"package": "torch", "version": torch.__version__.split("+")[0]}
    print(json.dumps({**about, "python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

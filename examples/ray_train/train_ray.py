#!/usr/bin/env python3
"""Train on scikit-learn's digits with Ray, every step of it from a running Epochplan.

    epochplan serve &                                               # on port 8000
    epochplan lock examples/torchrun/epochplan.yaml --data-parallel-size 2 -o two.lock.json
    python examples/ray_train/train_ray.py --plan two.lock.json --folder run --cpus 4

Ray Train starts the workers; the plan says what each takes; Ray Data loads it, in that order, in
processes of its own, for which CPUs must be left beside those of the workers. Needs
ray[data,train], torch, scikit-learn and epochplan-client.

Checked by a test: two workers on one machine, without GPUs; not run on a real cluster.
"""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import ray
import ray.data
import ray.train
import torch
import torch.distributed as dist
from epochplan_client import PlannedBatchSampler, Planner
from ray.train.torch import TorchTrainer
from sklearn.datasets import load_digits
from torch import nn

Row = dict[str, Any]
"""Of one micro-step of one rank: `step`, `samples` (sample indices), then also what was loaded."""

CHECKPOINT = "state.pt"


def load(row: Row) -> Row:
    """What Ray Data does for every micro-step, beside training: read its samples.

    Here they are cut out of an array; elsewhere they would be read from a store and decoded.
    """
    pixels, digits = load_digits(return_X_y=True)
    samples = np.asarray(row["samples"], dtype=np.int64)  # perhaps none, which has no type
    return {**row, "pixels": (pixels[samples] / 16).tobytes(), "digits": digits[samples].tobytes()}


def rows(sampler: PlannedBatchSampler) -> Iterator[Row]:
    """What the sampler hands out to the end of an epoch, a row for every micro-step."""
    for step, micro_batches in sampler.steps():
        for samples in micro_batches:
            yield {"step": step, "samples": samples}


def train(config: dict[str, Any]) -> None:
    """What every worker does: one rank of the plan, from the last checkpoint to the end."""
    context = ray.train.get_context()
    rank, ranks = context.get_world_rank(), context.get_world_size()
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    torch.manual_seed(0)
    model = nn.Linear(64, 10, dtype=torch.float64)
    with Planner(config["url"]) as planner:
        planner.verify(config["plan_id"], dataset_size=1_797, data_parallel_size=ranks)
        sampler = PlannedBatchSampler(planner, config["plan_id"], rank=rank)
        _go_on(model, sampler)
        for _ in range(sampler.epoch, sampler.plan.epochs):
            _train_epoch(model, sampler, Path(config["folder"]) / f"taken-{rank}.jsonl")
            _report(model, sampler)


def _train_epoch(model: nn.Module, sampler: PlannedBatchSampler, taken: Path) -> None:
    planned = ray.data.from_items(list(rows(sampler)), override_num_blocks=2).map(load)
    left = 0
    with taken.open("a", encoding="utf-8") as lines:
        for row in planned.iter_rows():
            left = left or sampler.micro_steps_in(row["step"])
            pixels = torch.frombuffer(bytearray(row["pixels"]) or bytearray(8), dtype=torch.float64)
            digits = torch.frombuffer(bytearray(row["digits"]) or bytearray(8), dtype=torch.int64)
            samples = [int(sample) for sample in row["samples"]]
            loss = nn.functional.cross_entropy(
                model(pixels[: 64 * len(samples)].view(-1, 64)),
                digits[: len(samples)],
                reduction="sum",
            )
            loss.backward()
            print(json.dumps({"step": row["step"], "samples": samples}), file=lines, flush=True)
            left -= 1
            if not left:
                _take_step(model, sampler, row["step"])


def _take_step(model: nn.Module, sampler: PlannedBatchSampler, step: int) -> None:
    """Step along the mean gradient of all samples of all ranks, of which each may have others."""
    plan = sampler.plan
    last = step % plan.steps_per_epoch == plan.steps_per_epoch - 1
    samples = plan.last_step_samples if last else plan.geometry.global_batch_size
    for parameter in model.parameters():
        dist.all_reduce(parameter.grad)
        parameter.data -= 0.5 / samples * parameter.grad
        parameter.grad = None
    sampler.completed(step + 1)


def _report(model: nn.Module, sampler: PlannedBatchSampler) -> None:
    metrics = {"step": sampler.step}
    if sampler.rank:
        ray.train.report(metrics)
        return
    with TemporaryDirectory() as folder:
        state = {"model": model.state_dict(), "sampler": sampler.state_dict()}
        torch.save(state, Path(folder) / CHECKPOINT)
        ray.train.report(metrics, checkpoint=ray.train.Checkpoint.from_directory(folder))


def _go_on(model: nn.Module, sampler: PlannedBatchSampler) -> None:
    checkpoint = ray.train.get_checkpoint()
    if checkpoint is None:
        return
    with checkpoint.as_directory() as folder:
        state = torch.load(Path(folder) / CHECKPOINT)
    model.load_state_dict(state["model"])
    sampler.load_state_dict(state["sampler"])


def main() -> int:
    """The command; returns its exit code."""
    options = _options()
    with Planner(options.url) as planner:
        plan = planner.read(options.plan)
    ray.init(num_cpus=options.cpus)
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    result = TorchTrainer(
        train,
        train_loop_config={"url": options.url, "plan_id": plan.plan_id, "folder": str(folder)},
        # as many workers as the plan has ranks: never a number of its own
        scaling_config=ray.train.ScalingConfig(num_workers=plan.geometry.data_parallel_size),
        run_config=ray.train.RunConfig(
            name="epochplan",
            storage_path=str(folder),
            failure_config=ray.train.FailureConfig(max_failures=2),
        ),
    ).fit()
    sys.stdout.write(f"{result.metrics['step']} of {plan.total_steps} steps\n")
    return 0


def _options() -> Namespace:
    parser = ArgumentParser(description="Train on the digits with Ray, planned by Epochplan.")
    add = parser.add_argument
    add("--plan", type=_plan_id, required=True, help="lock file, or plan_id")
    add("--folder", type=Path, required=True, help="where checkpoints go, and what was taken")
    add("--url", default=os.environ.get("EPOCHPLAN_URL", "http://127.0.0.1:8000"))
    add("--cpus", type=int, help="that Ray may use of this machine; not given within a cluster")
    return parser.parse_args()


def _plan_id(word: str) -> str:
    if not word.endswith(".json"):
        return word
    return str(json.loads(Path(word).read_text(encoding="utf-8"))["plan_id"])


if __name__ == "__main__":
    sys.exit(main())

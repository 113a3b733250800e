"""Softmax regression on the digits, on several processes that each read a sampler of their own.

Run as a program: python -m tests.client.digits_training URL PLAN_ID FOLDER. It goes on from the
checkpoint in the folder, where there is one. Every rank writes down what it takes.
"""

import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from epochplan_client import PlannedBatchSampler, Planner, Reading
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLASSES = 10
RATE = 0.5
READING = Reading(block_bytes=2_048, patience=60.0)


def load_digits() -> Array:
    """The digits as scikit-learn carries them: 64 pixels, then the digit."""
    # importing it takes longer than training on its digits
    package = find_spec("sklearn")
    assert package
    assert package.origin
    path = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    return np.loadtxt(path, delimiter=",")


def gradient_sum(weights: Array, digits: Array) -> Array:
    """What some samples contribute to a step; zeros where there are none."""
    pixels = np.hstack([digits[:, :-1] / 16, np.ones((len(digits), 1))])
    scores = np.exp(pixels @ weights)
    slopes = scores / scores.sum(axis=1, keepdims=True)
    slopes[np.arange(len(digits)), digits[:, -1].astype(int)] -= 1
    gradient: Array = pixels.T @ slopes
    return gradient


def run_rank(url: str, plan_id: str, rank: int, folder: Path, link: Connection) -> None:
    """Contribute to every step; the process that began the ranks adds up and steps."""
    digits = load_digits()
    with Planner(url, retries=1_000) as planner:
        sampler = PlannedBatchSampler(planner, plan_id, rank=rank, reading=READING)
        planner.verify(
            plan_id,
            dataset_size=len(digits),
            data_parallel_size=sampler.plan.geometry.data_parallel_size,
        )
        state, weights = link.recv()
        sampler.load_state_dict(state)
        with (folder / f"taken-{os.getpid()}.jsonl").open("w", encoding="utf-8") as taken:
            for step, micro_batches in _steps(sampler):
                print(json.dumps([step, micro_batches]), file=taken, flush=True)
                sums = [gradient_sum(weights, digits[indices]) for indices in micro_batches]
                link.send(sum(sums))
                weights = link.recv()
                sampler.completed(step + 1)
                link.send(sampler.state_dict())


def train(url: str, plan_id: str, folder: Path) -> None:
    """Train to the end of the plan, with a checkpoint after every step."""
    with Planner(url, retries=1_000) as planner:
        plan = planner.read(plan_id)
    state, weights = read_checkpoint(folder) or (
        {"plan_id": plan_id, "step": 0},
        np.zeros((65, CLASSES)),
    )
    context, links = get_context("fork"), []
    for rank in range(plan.geometry.data_parallel_size):
        ours, theirs = context.Pipe()
        arguments = (url, plan_id, rank, folder, theirs)
        context.Process(target=run_rank, args=arguments, daemon=True).start()
        ours.send((state, weights))
        links.append(ours)
    for step in range(state["step"], plan.total_steps):
        short = step % plan.steps_per_epoch == plan.steps_per_epoch - 1
        samples = plan.last_step_samples if short else plan.geometry.global_batch_size
        weights = weights - RATE / samples * sum(link.recv() for link in links)
        for link in links:
            link.send(weights)
        (state, *others) = [link.recv() for link in links]
        if any(other != state for other in others):
            message = f"the ranks do not agree on their state: {state}, {others}"
            raise RuntimeError(message)
        write_checkpoint(folder, state, weights)


def write_checkpoint(folder: Path, state: dict[str, Any], weights: Array) -> None:
    """Replace the checkpoint: there is the old one or the new one, never a part of one."""
    half = folder / "checkpoint.half"
    half.write_text(json.dumps({"state": state, "weights": weights.tolist()}), encoding="utf-8")
    half.replace(folder / "checkpoint.json")


def read_checkpoint(folder: Path) -> tuple[dict[str, Any], Array] | None:
    """State and weights of the last completed step; None before the first one."""
    path = folder / "checkpoint.json"
    if not path.exists():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    return document["state"], np.array(document["weights"])


def _steps(sampler: PlannedBatchSampler) -> Iterator[tuple[int, list[list[int]]]]:
    while len(sampler):
        yield from sampler.steps()


if __name__ == "__main__":
    train(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

#!/usr/bin/env python3
"""Train on scikit-learn's digits with PyTorch, every step of it from a running Epochplan.

    epochplan serve &                                               # on port 8000
    epochplan lock examples/torchrun/epochplan.yaml --data-parallel-size 4 -o four.lock.json
    torchrun --standalone --nproc-per-node 4 examples/torchrun/train_digits_torch.py \
        --plan four.lock.json --folder run

Kill it whenever you like, and go on with two processes: the same command with a lock of
`--data-parallel-size 2`. Needs torch, scikit-learn and epochplan-client (`pip install ./client`).

Checked by a test: four processes on one machine (gloo, CPU), SIGKILL in mid-epoch, two processes.
"""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import torch
import torch.distributed as dist
from epochplan_client import EpochplanError, PlannedBatchSampler, Planner
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader

MicroBatch = tuple[list[int], Tensor, Tensor]
"""Sample indices, pixels and digits of one micro-step of one rank; perhaps of no sample."""

CHECKPOINT = "checkpoint.pt"
PROGRESS = "progress.json"


class Digits:
    """1,797 pictures of 8 x 8 pixels, as a dataset that PyTorch takes."""

    def __init__(self) -> None:
        pixels, digits = load_digits(return_X_y=True)
        self.pixels = torch.from_numpy(pixels / 16)
        self.digits = torch.from_numpy(digits)

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.digits)

    def __getitems__(self, indices: list[int]) -> MicroBatch:
        """A whole micro-batch at a time; PyTorch prefers this to one picture after the other.

        It is also what makes an empty micro-batch possible, which a rank may have in the short
        last step of an epoch.
        """
        return indices, self.pixels[indices], self.digits[indices]


def main() -> int:
    """The command; returns its exit code."""
    options = _options()
    dist.init_process_group("gloo")
    try:
        with Planner(options.url) as planner:
            _run(options, planner)
    except EpochplanError as error:
        sys.stderr.write(f"rank {dist.get_rank()}: {error}\n")
        return 1
    finally:
        dist.destroy_process_group()
    return 0


def _run(options: Namespace, planner: Planner) -> None:
    digits = Digits()
    # before anything costs time: is this the job that was planned?
    planner.verify(options.plan, dataset_size=len(digits), data_parallel_size=dist.get_world_size())
    sampler = PlannedBatchSampler(planner, options.plan, rank=dist.get_rank())
    torch.manual_seed(0)
    model = nn.Linear(64, 10, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    if (options.folder / CHECKPOINT).exists():
        state = torch.load(options.folder / CHECKPOINT)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        sampler.load_state_dict(state["sampler"])
    train(model, optimizer, digits, sampler, options)
    if dist.get_rank() == 0:
        found = model(digits.pixels).argmax(dim=1)
        accuracy = (found == digits.digits).double().mean().item()
        sys.stdout.write(f"{sampler.step} steps; accuracy on the samples: {accuracy:.4f}\n")


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    digits: Digits,
    sampler: PlannedBatchSampler,
    options: Namespace,
) -> None:
    """Take the steps from where the sampler stands, to the end of the plan or of this job."""
    rank, ranks = dist.get_rank(), dist.get_world_size()
    total = sampler.plan.total_steps
    stop = min(total, total if options.stop_step is None else options.stop_step)
    options.folder.mkdir(parents=True, exist_ok=True)
    if rank == 0:
        # a run that was killed between its two files has progress that is behind the checkpoint
        write_progress(options.folder, sampler)
    # what was taken after the checkpoint is taken again, so a file of the same name is replaced
    taken = options.folder / f"taken-from-{sampler.step}-rank-{rank}-of-{ranks}.jsonl"
    with taken.open("w", encoding="utf-8") as lines:
        # a checkpoint may be beyond where this job was to stop
        left = max(0, stop - sampler.step)
        for step, micro_batches in islice(steps(sampler, digits), left):
            # before the exchange: whatever a checkpoint counts as done is written down by all
            indices = [index for micro_batch in micro_batches for index in micro_batch[0]]
            print(json.dumps({"step": step, "samples": indices}), file=lines, flush=True)
            take_step(model, optimizer, micro_batches)
            sampler.completed(step + 1)
            if rank == 0 and ((step + 1) % options.checkpoint_every == 0 or step + 1 == stop):
                state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
                write_checkpoint(options.folder, state, sampler)


def steps(sampler: PlannedBatchSampler, digits: Digits) -> Iterator[tuple[int, list[MicroBatch]]]:
    """The steps that are left, each with the micro-batches of this rank."""
    # the dataset returns whole micro-batches, so there is nothing to collate
    loader = DataLoader(digits, batch_sampler=sampler, collate_fn=lambda whole: whole)
    step = sampler.step
    for epoch in range(sampler.epoch, sampler.plan.epochs):
        sampler.set_epoch(epoch)
        micro_batches = iter(loader)
        for first in micro_batches:
            yield step, [first, *islice(micro_batches, sampler.micro_steps_in(step) - 1)]
            step += 1


def take_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, micro_batches: list[MicroBatch]
) -> None:
    """Step along the mean gradient of all samples of all ranks.

    Gradients are summed over samples and divided by their number at the end, since ranks may have
    different numbers of them. DistributedDataParallel divides by the number of ranks instead.
    """
    optimizer.zero_grad()
    for _, pixels, digits in micro_batches:
        nn.functional.cross_entropy(model(pixels), digits, reduction="sum").backward()
    gradients = [parameter.grad for parameter in model.parameters()]
    count = torch.tensor([sum(len(indices) for indices, _, _ in micro_batches)])
    exchanged = torch.cat([*(gradient.flatten() for gradient in gradients), count.double()])
    dist.all_reduce(exchanged)
    sums = exchanged[:-1].split([gradient.numel() for gradient in gradients])
    for gradient, total in zip(gradients, sums, strict=True):
        gradient.copy_(total.view_as(gradient) / exchanged[-1])
    optimizer.step()


def write_checkpoint(folder: Path, state: dict[str, Any], sampler: PlannedBatchSampler) -> None:
    """Replace the checkpoint, and then what tells launchers of it."""
    with replaced(folder / CHECKPOINT) as file:
        torch.save({**state, "sampler": sampler.state_dict()}, file)
    write_progress(folder, sampler)


def write_progress(folder: Path, sampler: PlannedBatchSampler) -> None:
    """Write where the run is, for launchers, which read no checkpoints of PyTorch."""
    with replaced(folder / PROGRESS) as file:
        file.write(f"{json.dumps(sampler.state_dict())}\n".encode())


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file to write: its name stands for the old one or the new one, never for a part of one."""
    half = path.with_name(f"{path.name}.half")
    with half.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())  # the content is on disk before the name is
    half.replace(path)


def _options() -> Namespace:
    parser = ArgumentParser(description="Train on the digits with PyTorch, planned by Epochplan.")
    add = parser.add_argument
    add("--plan", type=_plan_id, required=True, help="lock file, or plan_id")
    add("--folder", type=Path, required=True, help="where checkpoints go, and what was taken")
    add("--url", default=os.environ.get("EPOCHPLAN_URL", "http://127.0.0.1:8000"))
    add("--checkpoint-every", type=int, default=10, metavar="STEPS")
    add("--stop-step", type=int, metavar="STEP", help="stop there; later runs go on")
    return parser.parse_args()


def _plan_id(word: str) -> str:
    if not word.endswith(".json"):
        return word
    return str(json.loads(Path(word).read_text(encoding="utf-8"))["plan_id"])


if __name__ == "__main__":
    sys.exit(main())

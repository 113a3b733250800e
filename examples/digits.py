#!/usr/bin/env python3
"""Train a model on several processes, every step of it from a running Epochplan.

    python -m app &                                   # the service
    python examples/digits.py --ranks 4 --checkpoint run

Four rank processes train one softmax regression on scikit-learn's digits. Each asks the service
for its own share of every step, computes the gradient of that share, and takes the same step as
the others along the sum of all. Because the *set* of samples in a step never depends on the number
of ranks, the loss curve does not either: compare `--losses` of a run on 1 rank with one on 4.

Kill everything in the middle of an epoch, and go on with another number of processes:

    python examples/digits.py --ranks 2 --checkpoint run --resume

The plan of 2 ranks has another plan_id, but the same steps, so the number of consumed samples in
the checkpoint names the same place in it. The run ends with the weights of one never interrupted.
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import numpy as np
from data_parallel.checkpoint import FILE_NAME, Checkpoint, replace_file
from data_parallel.dataset import Digits, load_digits
from data_parallel.errors import RequestRefusedError, TrainingError
from data_parallel.model import accuracy
from data_parallel.planning import Plan, Planner
from data_parallel.rank import Job
from data_parallel.ranks import finish, started, summed

# what may differ between the runs before and after an interruption; all else decides which
# samples a step has
_FREE = {"data_parallel_size", "micro_batch_size", "gradient_accumulation_steps", "epochs"}
_INTERRUPTED = 130

tell = partial(print, flush=True)  # line by line, also into a pipe


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except TrainingError as error:
        tell(f"digits: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        tell(f"digits: {error}", file=sys.stderr)
        return TrainingError.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _run(options: Namespace) -> None:
    digits = load_digits()
    with Planner(options.url) as planner:
        job = _job(options, planner, dataset_size=len(digits.labels))
    tell(f"plan {job.plan.plan_id}: {job.plan.total_steps} steps")
    if job.start.step < job.plan.total_steps:
        options.checkpoint.mkdir(parents=True, exist_ok=True)
        _train(job)
    _report(job.plan, digits, Checkpoint.read(job.folder), options.losses)


def _job(options: Namespace, planner: Planner, *, dataset_size: int) -> Job:
    plan = planner.plan(
        {
            "dataset_size": dataset_size,
            "global_batch_size": options.global_batch_size,
            "data_parallel_size": options.ranks,
            "epochs": options.epochs,
            "sampling": {"method": "shuffle", "seed": options.seed},
        }
    )
    state = _resumed(options, planner, plan) if options.resume else _fresh(options, plan)
    return Job(
        url=options.url,
        plan=plan,
        start=planner.cursor(plan, consumed_samples=state.consumed_samples),
        state=state,
        folder=options.checkpoint,
        checkpoint_every=options.checkpoint_every,
    )


def _fresh(options: Namespace, plan: Plan) -> Checkpoint:
    if (options.checkpoint / FILE_NAME).exists():
        message = f"{options.checkpoint} holds a run already: --resume, or take another folder"
        raise TrainingError(message)
    return Checkpoint.before_the_first_step(plan.plan_id)


def _resumed(options: Namespace, planner: Planner, plan: Plan) -> Checkpoint:
    state = Checkpoint.read(options.checkpoint)
    before = planner.plan_again(state.plan_id).spec
    differing = {name for name in plan.spec if plan.spec[name] != before[name]} - _FREE
    if differing:
        message = f"the run in {options.checkpoint} was begun with other {sorted(differing)}"
        raise RequestRefusedError(message)
    return replace(state, plan_id=plan.plan_id)


def _train(job: Job) -> None:
    losses = job.state.losses.tolist()
    place = f"step {job.start.step_in_epoch} of epoch {job.start.epoch}"
    tell(f"from {place} on, after {job.state.consumed_samples} samples")
    with started(job) as ranks:
        tell("rank processes:", *(each.process.pid for each in ranks))
        for step in range(job.start.step, job.plan.total_steps):
            losses.append(summed(ranks, job.plan.step_samples(step)).mean_loss)
            if len(losses) % job.plan.steps_per_epoch == 0:
                _tell_epoch(job.plan, losses)
        finish(ranks)


def _tell_epoch(plan: Plan, losses: Sequence[float]) -> None:
    steps = range(len(losses) - plan.steps_per_epoch, len(losses))
    samples = [plan.step_samples(step) for step in steps]
    mean = np.average([losses[step] for step in steps], weights=samples)
    tell(f"epoch {steps.stop // plan.steps_per_epoch - 1}: mean loss {mean:.6f}")


def _report(plan: Plan, digits: Digits, end: Checkpoint, losses: Path | None) -> None:
    if losses is not None:
        rows = [
            f"{step},{step // plan.steps_per_epoch},{loss!r}"
            for step, loss in enumerate(end.losses.tolist())
        ]
        replace_file(losses, "\n".join(["step,epoch,loss", *rows, ""]).encode())
    recognised = accuracy(end.weights, digits.features, digits.labels)
    tell(f"{end.consumed_samples} samples consumed in {end.step} steps")
    tell(f"accuracy on the {len(digits.labels)} samples trained on: {recognised:.4f}")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(description="Train on scikit-learn's digits, planned by Epochplan.")
    add = parser.add_argument
    add("--url", type=_url, default="http://127.0.0.1:8000", help="where the service listens")
    add("--ranks", type=_positive, default=1, help="rank processes (1)")
    add("--epochs", type=_positive, default=3, help="passes through the dataset (3)")
    add("--global-batch-size", type=_positive, default=64, help="samples of a full step (64)")
    add("--seed", type=int, default=0, help="of the order of the samples (0)")
    add("--checkpoint", type=Path, required=True, metavar="DIR", help="where the state goes")
    add("--checkpoint-every", type=_positive, default=10, metavar="STEPS", help="how often (10)")
    add("--resume", action="store_true", help="go on from the checkpoint in DIR")
    add("--losses", type=Path, metavar="FILE", help="write the loss of every step there, as CSV")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        message = f"{number} is less than 1"
        raise ArgumentTypeError(message)
    return number


def _url(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ArgumentTypeError(str(error)) from error
    if url.scheme not in {"http", "https"} or not url.host:
        message = f"{text} is no http:// address"
        raise ArgumentTypeError(message)
    return text


if __name__ == "__main__":
    sys.exit(main())

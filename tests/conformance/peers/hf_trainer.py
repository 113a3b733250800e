"""Answers cases with the real Trainer of transformers; runs in an environment that has it.

One process plays every rank in turn: the state that a launcher would have filled says which one.
"""

import gc
import hashlib
import json
import platform
import sys
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from accelerate.state import AcceleratorState, GradientState, PartialState
from transformers import Trainer, TrainerCallback, TrainingArguments

_REFUSALS = (ValueError, TypeError, RuntimeError, OverflowError)

_LOADING = ("split_batches", "even_batches")
_OURS = {"name", "version", "resume_from_checkpoint", *_LOADING}
_PLANNED = ["max_steps", "num_train_epochs", "num_update_steps_per_epoch", "num_examples"]
_PLANNED += ["num_train_samples", "total_train_batch_size"]
_STATE = ["global_step", "epoch", "logging_steps", "save_steps"]
_RESUMED = ["epochs_trained", "steps_trained_in_current_epoch"]

Lists = list[list[int]]


class _BegunError(Exception):
    """A run that was only to be planned."""


class _Watch(TrainerCallback):  # type: ignore[misc] # not installed where types are checked
    """Notes what the loop does, and keeps it from logging, saving and evaluating."""

    def __init__(self, *, only_plan: bool) -> None:
        self._only_plan = only_plan
        self.variables: dict[str, Any] = {}
        self.epochs: list[Lists] = []
        self.updates = 0

    def on_train_begin(self, *_: Any, **objects: Any) -> None:
        frame = sys._getframe()
        while frame.f_code.co_name != "_inner_training_loop":
            frame = frame.f_back  # type: ignore[assignment] # the loop is always among the callers
        self.variables = dict(frame.f_locals)
        if self._only_plan:
            raise _BegunError
        objects["optimizer"].optimizer.register_step_post_hook(self.on_update)

    def on_update(self, *_: Any) -> None:
        self.updates += 1

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        self.epochs.append([])

    def on_step_end(self, _args: Any, _state: Any, control: Any, **_: Any) -> Any:
        control.should_log = control.should_save = control.should_evaluate = False
        return control

    on_epoch_end = on_step_end


class _Trainer(Trainer):  # type: ignore[misc] # as above
    watch: _Watch

    def training_step(self, _model: Any, inputs: Any, *_: Any, **__: Any) -> Any:
        self.watch.epochs[-1].append(inputs["indices"].tolist())
        return torch.tensor(0.0)

    def _nothing(self, *_: Any, **__: Any) -> None:
        """Weights are not read, and nothing is told."""

    log = _load_from_checkpoint = _load_optimizer_and_scheduler = _nothing
    _load_rng_state = _load_scaler = _nothing


def _arguments(spec: dict[str, Any]) -> TrainingArguments:
    options = spec.get("framework", {})
    chosen = {name: value for name, value in options.items() if name not in _OURS}
    whole = spec.get("data_parallel_size", 1) if options.get("split_batches", False) else 1
    sampling = spec.get("sampling", {})
    chosen["seed"] = sampling.get("seed", 0)
    chosen["per_device_train_batch_size"] = spec["micro_batch_size"] * whole
    chosen["gradient_accumulation_steps"] = spec.get("gradient_accumulation_steps", 1)
    by_epochs = {"num_train_epochs": float(spec.get("epochs", 1))}
    chosen |= {"max_steps": spec["steps"]} if "steps" in spec else by_epochs
    if "eval_steps" in options:
        chosen["eval_strategy"] = "steps"
    if "steps_per_epoch" in spec:
        raise ValueError("an epoch of the Trainer is a pass")
    if (method := sampling.get("method", "shuffle")) == "sequential":
        chosen["train_sampling_strategy"] = method
    elif method != "shuffle":
        raise ValueError(f"no argument of the Trainer asks for {method}")
    return TrainingArguments(
        output_dir=tempfile.gettempdir(),
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
        log_level="error",
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        accelerator_config={name: options[name] for name in _LOADING if name in options},
        **chosen,
    )


def _trainer(spec: dict[str, Any], rank: int, *, only_plan: bool) -> _Trainer:
    """The Trainer of one rank."""
    for state in (PartialState, AcceleratorState, GradientState):
        state._reset_state()
    arguments = _arguments(spec)
    assert arguments.device.type == "cpu"  # asking fills the state
    ranks = spec.get("data_parallel_size", 1)
    PartialState._shared_state.update(num_processes=ranks, process_index=rank)
    watch = _Watch(only_plan=only_plan)
    trainer = _Trainer(
        torch.nn.Linear(1, 1),
        arguments,
        train_dataset=range(spec["dataset_size"]),
        eval_dataset=range(1),
        data_collator=lambda indices: {"indices": torch.tensor(indices)},
        callbacks=[watch],
    )
    trainer.watch = watch
    return trainer


def _planned(spec: dict[str, Any], rank: int, checkpoint: str | None = None) -> _Trainer:
    """The Trainer of a rank, before its first step."""
    trainer = _trainer(spec, rank, only_plan=True)
    try:
        trainer.train(resume_from_checkpoint=checkpoint)
    except _BegunError:
        return trainer
    raise AssertionError("a run begins, or it is refused")


def _resumed(state: Any, spec: dict[str, Any], step: int) -> dict[str, int]:
    """Where a run goes on from the checkpoint of a step."""
    state.global_step = step
    with tempfile.TemporaryDirectory() as folder:
        state.save_to_json(str(Path(folder) / "trainer_state.json"))
        variables = _planned(spec, 0, folder).watch.variables
    return {name: variables[name] for name in _RESUMED}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    try:
        return _answered(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def _answered(case: dict[str, Any]) -> dict[str, Any]:
    spec, options = case["spec"], case["spec"].get("framework", {})
    planned = [_planned(spec, rank) for rank in range(spec.get("data_parallel_size", 1))]
    loaders = [trainer.watch.variables["train_dataloader"] for trainer in planned]
    first = _trainer(spec, 0, only_plan=False)
    first.train()
    if not first.watch.updates:
        raise ValueError("the run ends before its first update")
    state = [*_STATE, "eval_steps"] if "eval_steps" in options else _STATE
    numbers = {name: getattr(first.state, name) for name in state}
    numbers |= {name: first.watch.variables[name] for name in _PLANNED}
    numbers["warmup_steps"] = first.args.get_warmup_steps(numbers["max_steps"])
    numbers["total_steps"] = first.watch.updates
    numbers["len_dataloader"] = len(loaders[0])
    numbers["micro_steps_per_epoch"] = len(_whole_epoch(spec))
    if "resume_from_checkpoint" in options:
        numbers |= _resumed(first.state, spec, options["resume_from_checkpoint"])
    trained = dict(enumerate(first.watch.epochs))
    asked = [number for number in case["epochs"] if number in trained]
    epochs = {str(number): _cut(loaders, number, trained[number]) for number in asked}
    if not case.get("digest"):
        _compare_with_training(case, epochs)
        return {"numbers": numbers, "epochs": epochs}
    return {"numbers": numbers, "epochs": {n: [*map(_digest, of)] for n, of in epochs.items()}}


def _whole_epoch(spec: dict[str, Any]) -> Lists:
    """What the loop takes of an epoch that no end of the run cuts short."""
    options = {k: v for k, v in spec.get("framework", {}).items() if k != "data_seed"}
    longer = {k: v for k, v in spec.items() if k != "steps"} | {"epochs": 3, "framework": options}
    trainer = _trainer(longer, 0, only_plan=False)
    trainer.train()
    return trainer.watch.epochs[0]


def _cut(loaders: list[Any], number: int, of_first: Lists) -> list[Lists]:
    """What the loaders yield until the first rank ends: then nobody goes on."""
    ranks = [_yielded(loader, number)[: len(of_first)] for loader in loaders]
    if ranks[0] != of_first:
        raise AssertionError("training takes what the loader yields")
    return ranks


def _yielded(loader: Any, epoch: int) -> Lists:
    loader.set_epoch(epoch)
    return [batch["indices"].tolist() for batch in loader]


def _compare_with_training(case: dict[str, Any], epochs: dict[str, list[Lists]]) -> None:
    """Now and then, train on every rank where all of them do the same."""
    spec = case["spec"]
    even = spec.get("framework", {}).get("even_batches", True)
    if not even or zlib.crc32(json.dumps(case).encode()) % 8:
        return
    for rank in range(1, spec.get("data_parallel_size", 1)):
        trainer = _trainer(spec, rank, only_plan=False)
        trainer.train()
        if any(trainer.watch.epochs[int(each)] != epochs[each][rank] for each in epochs):
            raise AssertionError("every rank trains on what its loader yields")


def _digest(micro_batches: Lists) -> dict[str, Any]:
    flat = np.concatenate([np.empty(0), *micro_batches]).astype("<i8")
    return {
        "sha256": hashlib.sha256(flat.tobytes()).hexdigest(),
        "count": len(flat),
        "micro_batches": len(micro_batches),
    }


def main() -> None:
    """Answer one case per line."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    versions = {"package": "transformers", "version": transformers.__version__}
    print(json.dumps(versions | {"python": platform.python_version()}), flush=True)
    with tempfile.TemporaryDirectory() as tempfile.tempdir:
        # every run collects garbage; what a first run imports is none
        answer({"spec": {"dataset_size": 1, "micro_batch_size": 1, "epochs": 1}, "epochs": []})
        gc.freeze()
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

"""Answers cases with the real accelerate; runs in an environment that has it.

One process plays every rank in turn: the state that a launcher would have filled says which rank
of how many it is. Nothing is sent between ranks, for the state knows of no way to send it.
"""

import gc
import hashlib
import json
import platform
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import accelerate
import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState, PartialState
from accelerate.utils import DataLoaderConfiguration, GradientAccumulationPlugin
from torch.utils.data import DataLoader, RandomSampler

_REFUSALS = (ValueError, TypeError, RuntimeError, OverflowError)

_LOADING = ("split_batches", "even_batches", "use_seedable_sampler", "data_seed")
_ACCUMULATING = ("sync_with_dataloader",)
_OPTIONS = {*_LOADING, *_ACCUMULATING, "drop_last", "step_scheduler_with_optimizer"}

Lists = list[list[int]]


class _Script:
    """The training script, running as the first rank."""

    def __init__(self, spec: dict[str, Any]) -> None:
        for state in (PartialState, AcceleratorState, GradientState):
            state._reset_state()
        PartialState(cpu=True)
        self.ranks = spec.get("data_parallel_size", 1)
        PartialState._shared_state.update(num_processes=self.ranks, process_index=0)
        self._spec = spec
        options = _options(spec)
        self._accelerator = Accelerator(
            cpu=True,
            dataloader_config=DataLoaderConfiguration(**_chosen(options, _LOADING)),
            gradient_accumulation_plugin=GradientAccumulationPlugin(
                num_steps=spec.get("gradient_accumulation_steps", 1),
                **_chosen(options, _ACCUMULATING),
            ),
            **_chosen(options, ("step_scheduler_with_optimizer",)),
        )
        self.updates = 0
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        optimizer.register_step_post_hook(self._count)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: 1.0)
        prepared = self._accelerator.prepare(model, optimizer, scheduler)
        self._model, self._optimizer, self._scheduler = prepared
        self._loader = self.loader_of(0)

    def loader_of(self, rank: int) -> Any:
        """The loader as a rank prepares it."""
        AcceleratorState._shared_state.update(process_index=rank)
        return self._accelerator.prepare(_loader(self._spec, self.ranks))

    def _count(self, *_: Any) -> None:
        self.updates += 1

    def train(self) -> Iterator[Lists]:
        """The micro-batches of one epoch after the other, until the budget is spent."""
        steps, epochs = self._spec.get("steps"), self._spec.get("epochs")
        while epochs is None or epochs > 0:
            taken: Lists = []
            for batch in self._loader:
                taken.append(batch.tolist())
                self._step()
                if steps is not None and self.updates == steps:
                    break
            if not taken:
                raise ValueError("the loader yields nothing: the budget is never spent")
            yield taken
            if steps is not None and self.updates == steps:
                return
            epochs = None if epochs is None else epochs - 1

    def _step(self) -> None:
        with self._accelerator.accumulate(self._model):
            self._model.weight.grad = torch.zeros(1, 1)
            self._optimizer.step()
            self._scheduler.step()
            self._optimizer.zero_grad()

    def numbers(self) -> dict[str, int]:
        """What the objects of the run say at its end."""
        return {
            "total_steps": self.updates,
            "total_batch_size": self._loader.total_batch_size,
            "len_dataloader": len(self._loader),
            "lr_scheduler_last_epoch": self._scheduler.scheduler.last_epoch,
        }


def _options(spec: dict[str, Any]) -> dict[str, Any]:
    options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise TypeError(f"unknown options {unknown}")
    return options


def _chosen(options: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}


def _loader(spec: dict[str, Any], ranks: int) -> Any:
    """The loader as a script makes it, before it is prepared."""
    options, dataset = _options(spec), range(spec["dataset_size"])
    whole = ranks if options.get("split_batches", False) else 1
    sampling = spec.get("sampling", {})
    seed = sampling.get("seed", 0)
    torch.manual_seed(seed)
    generator = None
    if not options.get("use_seedable_sampler", False):
        generator = torch.Generator().manual_seed(seed)
    chosen: dict[str, Any] = {"generator": generator}
    match sampling.get("method", "shuffle"):
        case "shuffle":
            chosen["shuffle"] = True
        case "with_replacement":
            chosen["sampler"] = RandomSampler(dataset, replacement=True, generator=generator)
        case "sequential":
            chosen["shuffle"] = False
        case other:
            raise ValueError(f"no sampler of torch is {other}")
    return DataLoader(
        dataset,
        batch_size=spec["micro_batch_size"] * whole,
        drop_last=options.get("drop_last", False),
        collate_fn=torch.tensor,
        **chosen,
    )


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    try:
        return _answered(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def _answered(case: dict[str, Any]) -> dict[str, Any]:
    spec = case["spec"]
    if spec.get("steps_per_epoch") is not None or not isinstance(spec.get("epochs", 1), int):
        raise ValueError("a script iterates its loader as a whole, a whole number of times")
    script = _Script(spec)
    trained = [*script.train()]
    numbers = script.numbers()
    if not script.updates:
        raise ValueError("the run ends before its first update")
    ranks, lengths = [trained], [len([*script.loader_of(0)])]
    for rank in range(1, script.ranks):
        loader = script.loader_of(rank)
        whole = [[batch.tolist() for batch in loader] for _ in trained]
        # nobody goes on when the first rank has ended
        cut = zip(whole, trained, strict=True)
        ranks.append([of_rank[: len(of_first)] for of_rank, of_first in cut])
        lengths.append(len(whole[0]))
    numbers["micro_steps_per_epoch"] = max(lengths)
    return {"numbers": numbers, "epochs": _asked(case, ranks)}


def _asked(case: dict[str, Any], ranks: list[list[Lists]]) -> dict[str, list[Any]]:
    epochs = {}
    for number in case["epochs"]:
        if number < len(ranks[0]):
            lists = [of_rank[number] for of_rank in ranks]
            epochs[str(number)] = [_digest(r) for r in lists] if case.get("digest") else lists
    return epochs


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
    gc.freeze()
    versions = {"package": "accelerate", "version": accelerate.__version__}
    print(json.dumps(versions | {"python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

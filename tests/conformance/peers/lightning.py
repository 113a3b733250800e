"""Answers cases with the real Lightning; runs in an environment that has it.

Every rank is a Trainer of its own in one process: a strategy whose environment says which rank of
how many it is, and which sends nothing. Rank 0 trains; the other ranks read the loader that their
Trainer has prepared, as its loop would.
"""

import gc
import hashlib
import json
import logging
import os
import platform
import sys
import warnings
from typing import Any

sys.path.pop(0)  # this folder, which has a file of the package's name

import lightning
import numpy as np
import torch
from lightning.fabric.utilities.data import _set_sampler_epoch
from lightning.pytorch import LightningModule, Trainer, seed_everything
from lightning.pytorch.overrides.distributed import UnrepeatedDistributedSampler
from lightning.pytorch.plugins.environments import LightningEnvironment
from lightning.pytorch.strategies import ParallelStrategy
from lightning.pytorch.utilities.exceptions import MisconfigurationException
from torch.utils.data import DataLoader, DistributedSampler

_REFUSALS = (
    *(AssertionError, KeyError, OverflowError, RuntimeError, TypeError, ValueError),
    *(MisconfigurationException, ZeroDivisionError),
)

_SAMPLERS = {each.__name__: each for each in (DistributedSampler, UnrepeatedDistributedSampler)}
_TRAINER = (
    *("limit_train_batches", "overfit_batches", "val_check_interval"),
    *("check_val_every_n_epoch", "use_distributed_sampler"),
)
_SILENCED = ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary")
_OPTIONS = {*_TRAINER, "strategy", "sampler", "drop_last"}

Lists = list[list[int]]


class _OneOfMany(ParallelStrategy):  # type: ignore[misc]  # untyped where it is not installed
    """The strategy of one rank, which sends nothing to the others."""

    is_distributed = True

    def __init__(self, rank: int, lengths: list[int]) -> None:
        environment = LightningEnvironment()
        environment.set_global_rank(rank)
        environment.set_world_size(len(lengths))
        super().__init__(
            parallel_devices=[self.root_device] * len(lengths), cluster_environment=environment
        )
        self._loader_lengths = lengths

    @property
    def root_device(self) -> torch.device:
        return torch.device("cpu")

    def model_to_device(self) -> None: ...

    def barrier(self, *_: Any, **__: Any) -> None: ...

    def broadcast(self, obj: Any, src: int = 0) -> Any:
        del src
        return obj

    def reduce(self, tensor: Any, *_: Any, **__: Any) -> Any:
        """The lengths of the loaders are all that ranks add up here."""
        return torch.tensor(sum(self._loader_lengths)) if any(self._loader_lengths) else tensor


class _Module(LightningModule):  # type: ignore[misc]  # untyped where it is not installed
    """Remembers which samples it saw, and when it was validated."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.seen: dict[int, Lists] = {}
        self.validated_after: list[int] = []

    def training_step(self, batch: list[int], _: int) -> Any:
        self.seen.setdefault(self.current_epoch, []).append(batch)
        return self.weight.sum()

    def on_validation_start(self) -> None:
        self.validated_after.append(self.trainer.fit_loop.total_batch_idx + 1)

    def validation_step(self, *_: Any) -> None: ...

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.0)


class _Case:
    """A spec as the arguments of a script."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
        unknown = sorted(self.options.keys() - _OPTIONS)
        if unknown or self.options.get("strategy", "auto") not in {"auto", "ddp"}:
            raise TypeError(f"unknown options {unknown or 'of the strategy'}")
        sampling = spec.get("sampling", {})
        method, self.seed = sampling.get("method", "shuffle"), sampling.get("seed", 0)
        if method not in {"shuffle", "sequential"} or spec.get("steps_per_epoch") is not None:
            raise ValueError("no DataLoader that a Trainer prepares does that")
        self.shuffles = method == "shuffle"
        self.spec, self.ranks = spec, spec.get("data_parallel_size", 1)
        self.is_distributed = self.ranks > 1 or self.options.get("strategy") == "ddp"
        spreads = self.is_distributed and self.options.get("use_distributed_sampler", True)
        self._has_generator = not spreads
        self._overfit = self.options.get("overfit_batches", 0.0)
        if not (self._has_generator or self._overfit or self.options.get("sampler")):
            seed_everything(self.seed, verbose=False)
        self._lengths = [0] * self.ranks
        self._lengths = [len(self.loader(rank)) for rank in range(self.ranks)]

    def loader(self, rank: int) -> Any:
        """The loader as a script makes it, before a Trainer prepares it."""
        chosen: dict[str, Any] = {"shuffle": self.shuffles}
        dataset = range(self.spec["dataset_size"])
        if self.options.get("sampler") is not None:
            place = {"num_replicas": self.ranks, "rank": rank}
            order = {"shuffle": self.shuffles, "seed": self.seed}
            chosen = {"sampler": _SAMPLERS[self.options["sampler"]](dataset, **place, **order)}
        elif self._has_generator:
            chosen["generator"] = torch.Generator().manual_seed(self.seed)
        return DataLoader(
            dataset,
            batch_size=self.spec["micro_batch_size"],
            drop_last=self.options.get("drop_last", False),
            collate_fn=list,
            **chosen,
        )

    def trainer(self, rank: int) -> Trainer:
        """The Trainer of one rank."""
        limits = {"steps": "max_steps", "epochs": "max_epochs"}
        budget = {limits[unit]: self.spec[unit] for unit in limits if unit in self.spec}
        if len(budget) != 1 or not isinstance(next(iter(budget.values())), int):
            raise ValueError("a Trainer counts whole epochs or steps")
        return Trainer(
            accelerator="cpu",
            devices=1,
            strategy=_OneOfMany(rank, self._lengths) if self.is_distributed else "auto",
            accumulate_grad_batches=self.spec.get("gradient_accumulation_steps", 1),
            num_sanity_val_steps=0,
            **dict.fromkeys(_SILENCED, False),
            **budget,
            **{name: self.options[name] for name in _TRAINER if name in self.options},
        )

    def trained(self) -> tuple[Trainer, _Module]:
        """Rank 0 after the run."""
        trainer, module = self.trainer(0), _Module()
        # long enough for every rank's share of it to be a micro-batch
        validated = self.ranks * (int(1 / self._overfit) + 1 if self._overfit else 1)
        trainer.fit(module, self.loader(0), DataLoader(range(validated), collate_fn=list))
        if not trainer.global_step:
            raise ValueError("the run ends before its first update")
        self._read = trainer.num_training_batches
        return trainer, module

    def _check_stop(self, rank: int, read: int) -> None:
        filled = -(-len(self.loader(rank).sampler) // self.spec["micro_batch_size"])
        if self.options.get("sampler") and not self._overfit and read < min(self._read, filled):
            raise ValueError(f"rank {rank} stops while rank 0 goes on, with samples left")

    def read(self, rank: int, epochs: list[int]) -> dict[int, Lists]:
        """The micro-batches of these epochs as the loop of a rank would read them."""
        trainer, module = self.trainer(rank), _Module()
        trainer._data_connector.attach_data(module, train_dataloaders=self.loader(rank))
        trainer.strategy.connect(module)
        loop, lists = trainer.fit_loop, {}
        loop.setup_data()  # with the iterator of epoch 0
        self._check_stop(rank, trainer.num_training_batches)
        # a generator remembers the epochs before
        for epoch in range(max(epochs, default=-1) + 1) if self._has_generator else epochs:
            _set_sampler_epoch(loop._combined_loader.flattened[0], epoch)
            fetcher = iter(loop._data_fetcher) if epoch else loop._data_fetcher
            lists[epoch] = [next(fetcher)[0] for _ in range(trainer.num_training_batches)]
        return lists


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    os.environ.pop("PL_GLOBAL_SEED", None)
    try:
        return _answered(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def _answered(case: dict[str, Any]) -> dict[str, Any]:
    script = _Case(case["spec"])
    trainer, module = script.trained()
    asked = [epoch for epoch in case["epochs"] if epoch in module.seen]
    epochs, others = {}, [script.read(rank, asked) for rank in range(1, script.ranks)]
    for epoch in asked:
        first = module.seen[epoch]
        lists = [first, *(of_rank[epoch][: len(first)] for of_rank in others)]
        epochs[str(epoch)] = [_digest(r) for r in lists] if case.get("digest") else lists
    return {"numbers": _numbers(trainer, module), "epochs": epochs}


def _numbers(trainer: Trainer, module: _Module) -> dict[str, Any]:
    return {
        "total_steps": trainer.global_step,
        "micro_steps_per_epoch": trainer.num_training_batches,
        "estimated_stepping_batches": trainer.estimated_stepping_batches,
        "num_training_batches": trainer.num_training_batches,
        "val_check_batch": trainer.val_check_batch,
        "validation_runs": len(module.validated_after),
        "first_validation_after_micro_step": next(iter(module.validated_after), None),
        "last_validation_after_micro_step": next(reversed(module.validated_after), None),
    }


def _digest(micro_batches: Lists) -> dict[str, Any]:
    flat = np.concatenate([np.empty(0), *micro_batches]).astype("<i8")
    sha256 = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": sha256, "count": len(flat), "micro_batches": len(micro_batches)}


def main() -> None:
    """Answer one case per line."""
    warnings.simplefilter("ignore")
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    torch.set_num_threads(1)
    gc.freeze()
    versions = {"package": "lightning", "version": lightning.__version__}
    _write(versions | {"python": platform.python_version()})
    for line in sys.stdin:
        _write(answer(json.loads(line)))


def _write(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

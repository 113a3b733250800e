"""Answers cases with the real DeepSpeed; runs in an environment that has it.

One process plays every rank in turn: the model-parallel unit that a script hands over says which
data-parallel rank of how many it is. The engine itself trains alone, for its accumulation counts
micro-steps and knows of no ranks.
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

os.environ |= {"DS_ACCELERATOR": "cpu", "LOCAL_RANK": "0"}
sys.path.pop(0)  # this folder, which has a file of the package's name

import deepspeed
import numpy as np
import torch
from deepspeed.runtime.config import DeepSpeedConfig, DeepSpeedConfigError
from deepspeed.runtime.dataloader import RepeatingLoader
from deepspeed.utils import logger

_ELASTICITY: Any = getattr(deepspeed, "elasticity", None)
"""There until 0.19.7."""

_REFUSALS = (
    *(AssertionError, StopIteration, TypeError, ValueError, DeepSpeedConfigError),
    *([_ELASTICITY.config.ElasticityError] if _ELASTICITY else []),
)

_OPTIONS = {"dataloader_drop_last", "elasticity"}

_PARAMETERS = {
    "global_batch_size": "train_batch_size",
    "micro_batch_size": "train_micro_batch_size_per_gpu",
    "gradient_accumulation_steps": "gradient_accumulation_steps",
}
"""Our words and the parameters of DeepSpeed's configuration."""

Lists = list[list[int]]


class _ModelParallelUnit:
    """What an engine asks about the data-parallel ranks."""

    def __init__(self, ranks: int, rank: int = 0) -> None:
        self._ranks, self._rank = ranks, rank

    def get_data_parallel_world_size(self) -> int:
        return self._ranks

    def get_data_parallel_rank(self) -> int:
        return self._rank


class _Script:
    """A spec as a script that trains with DeepSpeed."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
        unknown = sorted(self._options.keys() - _OPTIONS)
        if unknown:
            raise TypeError(f"unknown options {unknown}")
        method = spec.get("sampling", {}).get("method", "shuffle")
        if method not in {"shuffle", "shuffle_once"} or spec.get("steps_per_epoch") is not None:
            raise ValueError("DeepSpeed's own loader does not do that")
        self._spec, self.ranks = spec, spec.get("data_parallel_size", 1)
        self.config = DeepSpeedConfig(self._configuration(), mpu=_ModelParallelUnit(self.ranks))
        for word, parameter in _PARAMETERS.items():
            solved = getattr(self.config, parameter)
            if spec.get(word, solved) != solved and not self._overrides:
                raise ValueError(f"{word} is {solved}")
        self.engine = _engine(self.config)

    @property
    def is_elastic(self) -> bool:
        """Whether the batch sizes follow from the number of ranks."""
        return bool(self._elasticity.get("enabled", False))

    @property
    def _elasticity(self) -> dict[str, Any]:
        return self._options.get("elasticity") or {}

    @property
    def _overrides(self) -> bool:
        return bool(self._elasticity.get("ignore_non_elastic_batch_info", False))

    def _configuration(self) -> dict[str, Any]:
        given = {p: self._spec[w] for w, p in _PARAMETERS.items() if w in self._spec}
        options = {name: value for name, value in self._options.items() if value is not None}
        # sizes that are given beside elasticity are refused, also where they agree with it
        return options if self.is_elastic and not self._overrides else given | options

    def loader(self, rank: int) -> Any:
        """The loader of one rank."""
        self.engine.mpu = _ModelParallelUnit(self.ranks, rank)
        loader = self.engine.deepspeed_io(
            range(self._spec["dataset_size"]), num_local_io_workers=0, collate_fn=list
        )
        self.engine.mpu = None
        return loader

    def train(self) -> list[Lists]:
        """The micro-batches of rank 0, epoch by epoch, until the budget is spent."""
        loader, steps, epochs = self.loader(0), self._spec.get("steps"), self._spec.get("epochs")
        if (steps is None) == (epochs is None) or not isinstance(steps or epochs, int):
            raise ValueError("a script goes on for whole epochs or steps")
        if epochs is not None:
            return [[self._trained(batch) for batch in loader] for _ in range(epochs)]
        taken, endless = [], RepeatingLoader(loader)
        while self.engine.global_steps < steps:
            taken.append(self._trained(next(endless)))
        return [taken[start : start + len(loader)] for start in range(0, len(taken), len(loader))]

    def _trained(self, batch: list[int]) -> list[int]:
        loss = self.engine(torch.zeros(1, 1)).sum()
        self.engine.backward(loss)
        self.engine.step()
        return batch

    def numbers(self) -> dict[str, Any]:
        """What the objects of the run say at its end."""
        numbers = {parameter: getattr(self.config, parameter) for parameter in _PARAMETERS.values()}
        return (
            numbers
            | self._elastic_numbers()
            | {
                "total_steps": self.engine.global_steps,
                "global_steps": self.engine.global_steps,
                "micro_steps": self.engine.micro_steps,
                "micro_steps_per_epoch": len(self.loader(0)),
            }
        )

    def _elastic_numbers(self) -> dict[str, Any]:
        if not self.is_elastic:
            return {}
        _, valid_gpus, _ = _ELASTICITY.compute_elastic_config(
            self._configuration(), deepspeed.__version__, world_size=self.ranks
        )
        return {"valid_gpus": [int(count) for count in valid_gpus]}


def _engine(config: Any) -> Any:
    model = torch.nn.Linear(1, 1)
    engine, *_ = deepspeed.initialize(
        model=model,
        optimizer=torch.optim.SGD(model.parameters(), lr=0.0),
        config={
            "train_micro_batch_size_per_gpu": config.train_micro_batch_size_per_gpu,
            "gradient_accumulation_steps": config.gradient_accumulation_steps,
            "dataloader_drop_last": config.dataloader_drop_last,
        },
    )
    return engine


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package makes of a case."""
    try:
        return _answered(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def _answered(case: dict[str, Any]) -> dict[str, Any]:
    script = _Script(case["spec"])
    trained = script.train()
    if not script.engine.global_steps:
        raise ValueError("the run ends before its first update")
    loaders = [script.loader(rank) for rank in range(1, script.ranks)]
    epochs = {}
    for number, first in enumerate(trained):
        lists = [first, *([*loader][: len(first)] for loader in loaders)]
        if number in case["epochs"]:
            epochs[str(number)] = [_digest(r) for r in lists] if case.get("digest") else lists
    return {"numbers": script.numbers(), "epochs": epochs}


def _digest(micro_batches: Lists) -> dict[str, Any]:
    flat = np.concatenate([np.empty(0), *micro_batches]).astype("<i8")
    sha256 = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": sha256, "count": len(flat), "micro_batches": len(micro_batches)}


def _start() -> None:
    warnings.simplefilter("ignore")
    logger.setLevel(logging.CRITICAL)
    torch.set_num_threads(1)
    # operators that would be compiled on first use are of no use to a single process
    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
    store = torch.distributed.HashStore()
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    deepspeed.init_distributed("gloo", auto_mpi_discovery=False, verbose=False)
    gc.freeze()


def main() -> None:
    """Answer one case per line; the package may write what it likes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    _start()
    versions = {"package": "deepspeed", "version": deepspeed.__version__}
    answers.write(json.dumps(versions | {"python": platform.python_version()}) + "\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

"""The training program of Megatron as far as it counts samples, taken out of a checkout.

The environment variable MEGATRON_LM names a checkout of NVIDIA/Megatron-LM at the tag of the
wheel's version (core_v0.16.1). Its samplers are imported as they are; of its programs, which want
a GPU as soon as they are imported, the few functions and statements that count samples are taken
out of the file and run.
"""

import ast
import importlib.util
import itertools
import math
import os
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from megatron.core import num_microbatches_calculator as calculator

_CHECKOUT = Path(os.environ.get("MEGATRON_LM", "")) / "megatron"
if not (_CHECKOUT / "training").is_dir():
    raise SystemExit("MEGATRON_LM names no checkout of NVIDIA/Megatron-LM (tag core_v0.16.1)")


def _samplers() -> Any:
    """The module of the samplers; what it imports from the training program it does not use."""
    training = ModuleType("megatron.training")
    signals = ModuleType("megatron.training.dist_signal_handler")
    vars(training)["get_args"] = vars(signals)["DistributedSignalHandler"] = None
    sys.modules |= {training.__name__: training, signals.__name__: signals}
    path = _CHECKOUT / "training" / "datasets" / "data_samplers.py"
    found = importlib.util.spec_from_file_location("data_samplers", path)
    module = importlib.util.module_from_spec(found)  # type: ignore[arg-type] # fails right here
    found.loader.exec_module(module)  # type: ignore[union-attr] # as above
    return module


def _function(file: str, name: str) -> ast.FunctionDef:
    tree = ast.parse((_CHECKOUT / "training" / file).read_text())
    (found,) = (node for node in tree.body if getattr(node, "name", "") == name)
    return found  # type: ignore[return-value] # the names that are asked for are functions


def _run(statements: list[ast.stmt], names: dict[str, Any]) -> None:
    exec(compile(ast.Module(statements, []), "megatron", "exec"), names)  # noqa: S102 - it is what this file is for


_SAMPLERS = _samplers()
_COUNTING = ("cyclic_iter", "get_train_valid_test_num_samples", "update_train_iters")
_COUNTERS = [_function("training.py", name) for name in _COUNTING]
_BUDGET_CHECKS = [
    node
    for node in _function("arguments.py", "validate_args").body
    if isinstance(node, ast.If)
    and ast.unparse(node.test) in {"args.train_iters", "args.train_samples"}
]
_PROGRAM: dict[str, Any] = {"print_rank_0": lambda _: None} | vars(calculator)
_run([*_COUNTERS], _PROGRAM)


class Training:
    """One case: the arguments of the program, its samplers and its steps."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec, self.options = spec, spec["framework"]
        self.size = spec["dataset_size"]
        self.ranks = spec.get("data_parallel_size", 1)
        self.micro_batch_size = spec["micro_batch_size"]
        self.cyclic = self.options.get("dataloader_type", "single") == "cyclic"
        self.row = self.ranks * self.micro_batch_size
        self.args = self._arguments()
        _PROGRAM["get_args"] = lambda: self.args
        _run(list(_BUDGET_CHECKS), {"args": self.args})
        calculator.unset_num_microbatches_calculator()
        calculator.init_num_microbatches_calculator(
            0,
            self.args.rampup_batch_size,
            self.args.global_batch_size,
            self.micro_batch_size,
            self.ranks,
            self.args.decrease_batch_size_if_needed,
        )
        _PROGRAM["update_train_iters"](self.args)
        if not self.args.train_iters:
            raise RuntimeError("train_iters is 0: there is nothing to train")

    def _arguments(self) -> SimpleNamespace:
        step = self.spec.get("gradient_accumulation_steps", 1) * self.row
        step = self.spec.get("global_batch_size", step)
        return SimpleNamespace(
            **self._budget(),
            global_batch_size=self.options.get("global_batch_size", step),
            rampup_batch_size=self.options.get("rampup_batch_size"),
            decrease_batch_size_if_needed=self.options.get("decrease_batch_size_if_needed", False),
            eval_interval=self.options.get("eval_interval"),
            eval_iters=self.options.get("eval_iters", 100),
            full_validation=False,
            skip_train=False,
            phase_transition_iterations=None,
            lr_decay_iters=None,
            lr_decay_samples=None,
            lr_warmup_fraction=None,
            lr_warmup_iters=0,
            lr_warmup_samples=0,
        )

    def _budget(self) -> dict[str, int | None]:
        if "steps" in self.spec:
            return {"train_iters": self.spec["steps"], "train_samples": None}
        if "samples" in self.spec:
            return {"train_iters": None, "train_samples": self.spec["samples"]}
        epochs = Fraction(str(self.spec["epochs"]))
        if "steps_per_epoch" in self.spec:
            steps = math.ceil(epochs * self.spec["steps_per_epoch"])
            return {"train_iters": steps, "train_samples": None}
        return {"train_iters": None, "train_samples": math.floor(epochs * self.pass_samples)}

    @property
    def pass_samples(self) -> int:
        """Samples from one pass to the next."""
        sampler = self.sampler(0, 0)
        return int(sampler.total_samples - getattr(sampler, "last_batch_size", 0))

    def sampler(self, rank: int, consumed: int) -> Any:
        """The sampler of a rank."""
        shared = (self.size, consumed, self.micro_batch_size, rank, self.ranks)
        if self.cyclic:
            sharding = self.options.get("data_sharding", True)
            return _SAMPLERS.MegatronPretrainingRandomSampler(None, *shared, sharding)
        drop_last = self.options.get("drop_last", True)
        return _SAMPLERS.MegatronPretrainingSampler(*shared, drop_last)

    def iterators(self, consumed: int) -> list[Iterator[list[int]]]:
        """What the training loop draws from, for every rank."""
        samplers = [self.sampler(rank, consumed) for rank in range(self.ranks)]
        endless = _PROGRAM["cyclic_iter"] if self.cyclic else iter
        return [endless(sampler) for sampler in samplers]

    @property
    def is_even(self) -> bool:
        """Whether a pass has equally many micro-batches on every rank."""
        return (
            not self.cyclic
            or len({sum(1 for _ in self.sampler(r, 0)) for r in range(self.ranks)}) == 1
        )

    def steps(self) -> Iterator[tuple[int, int, int]]:
        """For every step the samples consumed before, its micro-batches and nominal batch."""
        consumed, before = 0, 0
        for _ in range(self.args.train_iters):
            calculator.update_num_microbatches(consumed, consistency_check=False)
            count = calculator.get_num_microbatches()
            if count < max(before, 1):
                raise RuntimeError(f"{count} micro-batches in a step, after {before}")
            calculator.update_num_microbatches(consumed, consistency_check=True)
            yield consumed, count, calculator.get_current_global_batch_size()
            consumed, before = consumed + count * self.row, count

    def micro_steps_of_an_epoch(self) -> int:
        """Micro-steps of the first epoch of a run that is long enough."""
        consumed, step, rows = 0, 0, iter(self.sampler(0, 0))
        while self.cyclic or consumed < self.size:
            calculator.update_num_microbatches(consumed, consistency_check=False)
            count = calculator.get_num_microbatches()
            if self.epoch_of(step, consumed):
                break
            if not self.cyclic and sum(1 for _ in itertools.islice(rows, count)) < count:
                break
            consumed, step = consumed + count * self.row, step + 1
        return int(consumed // self.row)

    def epoch_of(self, step: int, consumed: int) -> int:
        """The epoch in which a step begins."""
        if "steps_per_epoch" in self.spec:
            return int(step // self.spec["steps_per_epoch"])
        return consumed // self.pass_samples

    def numbers(self) -> dict[str, Any]:
        """What the program counts before it trains."""
        found = {"total_steps": self.args.train_iters, "train_iters": self.args.train_iters}
        if self.args.eval_interval is None:  # the program divides by it, so it must be given
            return found
        names = ("train_samples", "eval_samples", "test_samples")
        counted = _PROGRAM["get_train_valid_test_num_samples"]()
        return found | dict(zip(names, counted, strict=True))


def checkout_version() -> str:
    """The version that the checkout gives itself."""
    said = (_CHECKOUT / "core" / "package_info.py").read_text()
    return ".".join(re.findall(r"^(?:MAJOR|MINOR|PATCH) = (\d+)", said, re.MULTILINE))

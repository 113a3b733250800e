"""Tells the keys of a framework's config: runs in an environment of that framework, on its own.

Stands alone: it needs the framework and the standard library. The last line that it writes is JSON.
"""

import ast
import dataclasses
import importlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

Answer = dict[str, Any]

CLI_KEYS: Final = (
    # of LightningCLI itself; source: lightning 2.6.6, pytorch/cli.py
    *("config", "seed_everything", "model", "optimizer", "lr_scheduler", "ckpt_path"),
    *("trainer", "data", "data.class_path"),
)
DEEPSPEED_MODULES: Final = (
    "deepspeed.runtime.config",
    "deepspeed.runtime.zero.config",
    "deepspeed.runtime.precision_config",
    "deepspeed.runtime.activation_checkpointing.config",
    "deepspeed.runtime.swap_tensor.aio_config",
    "deepspeed.monitor.config",
    "deepspeed.profiling.config",
    "deepspeed.comm.config",
    "deepspeed",
)
"""Whose functions are handed the whole config, not a block of it."""

NO_KEYS: Final = {"attention", "mode"}
"""Asked of a block under the name of the whole config."""

CONFIG_NAMES: Final = {"param_dict", "config", "ds_config", "config_dict", "_param_dict"}
DEEPSPEED_BLOCKS: Final = (
    # read where a block is handed over as often as the config, or under a name that is computed
    *("autotuning", "data_efficiency", "elasticity", "communication_data_type", "timers"),
    "compression_training",
    *("tensorboard", "wandb", "csv_monitor", "comet"),  # of deepspeed/monitor/config.py
)


def of_hf_trainer() -> Answer:
    arguments = importlib.import_module("transformers").TrainingArguments
    fields = {field.name: field.default for field in dataclasses.fields(arguments)}
    accelerator = importlib.import_module("transformers.trainer_pt_utils").AcceleratorConfig
    inner = (f"accelerator_config.{field.name}" for field in dataclasses.fields(accelerator))
    decisive = (
        *("per_device_train_batch_size", "gradient_accumulation_steps"),
        *("num_train_epochs", "max_steps", "seed"),
    )
    defaults = {name: fields[name] for name in decisive}
    return {"packages": ["transformers"], "keys": [*fields, *inner], "defaults": defaults}


def of_lightning() -> Answer:
    trainer = importlib.import_module("lightning.pytorch").Trainer
    parameters = inspect.signature(trainer.__init__).parameters
    named = [name for name in parameters if name != "self"]
    decisive = ("max_steps", "accumulate_grad_batches", "num_nodes")
    return {
        "packages": ["lightning"],
        "keys": [*CLI_KEYS, *(f"trainer.{name}" for name in named)],
        "defaults": {f"trainer.{name}": parameters[name].default for name in decisive},
    }


def of_deepspeed() -> Answer:
    keys = {*DEEPSPEED_BLOCKS}
    for name in DEEPSPEED_MODULES:
        module = importlib.import_module(name)
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        found = (key for node in ast.walk(tree) for key in key_nodes(node))
        values = (constant(node, module) for node in found)
        keys.update(value for value in values if isinstance(value, str))
    return {"packages": ["deepspeed"], "keys": sorted(keys - NO_KEYS), "defaults": {}}


def key_nodes(node: ast.AST) -> Iterator[ast.expr]:
    """What a config is asked for: config.get(KEY), KEY in config, config[KEY], get_(config, K)."""
    if isinstance(node, ast.Call) and node.args:
        if isinstance(node.func, ast.Attribute) and is_config(node.func.value):
            yield node.args[0]
        elif is_config(node.args[0]) and len(node.args) > 1 and "get_" in ast.unparse(node.func):
            yield node.args[1]
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
        asked = node.comparators[0]
        keys_of = isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute)
        if is_config(asked.func.value if keys_of else asked):  # type: ignore[attr-defined] # seen above
            yield node.left
    elif isinstance(node, ast.Subscript) and is_config(node.value):
        yield node.slice


def is_config(node: ast.AST) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
    return name in CONFIG_NAMES


def constant(node: ast.expr, module: object) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    return getattr(module, node.id, None) if isinstance(node, ast.Name) else None


QUESTIONS: Final[dict[str, Callable[[], Answer]]] = {
    "deepspeed": of_deepspeed,
    "hf-trainer": of_hf_trainer,
    "lightning": of_lightning,
}

if __name__ == "__main__":
    answer = QUESTIONS[sys.argv[1]]()
    answer["packages"] = {name: version(name) for name in answer["packages"]}
    sys.stdout.write(f"{json.dumps(answer)}\n")

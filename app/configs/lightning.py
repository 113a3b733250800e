"""The config of a LightningCLI: its Trainer, its data module's batch_size, its seed.

Source: lightning 2.6.6, pytorch/cli.py, pytorch/trainer/trainer.py and pytorch/loops/utilities.py.
A data module's parameters are its author's; batch_size is taken for that of the training loader.
Without one of that name the spec has no micro_batch_size: it is for its reader to add.
"""

import re
from decimal import Decimal
from typing import Final, cast

from app.configs.known_keys import default_of
from app.configs.ledger import AUTO, Ledger, plain, whole_number
from app.configs.ranks import put_ranks

SECTIONS: Final = ("trainer", "data", "data.init_args")

_KIND: Final = "lightning"
_BATCH_SIZES: Final = ("data.init_args.batch_size", "data.batch_size")
_LIMITS: Final = ("limit_train_batches", "overfit_batches")
_SEED_MOST: Final = 2**32 - 1
_NO_LIMIT: Final = -1
_DIGITS: Final = re.compile("[0-9]{1,9}")


def read_lightning(ledger: Ledger, world_size: int | None) -> None:
    """Reads a config of a LightningCLI; a world size may repeat what the Trainer says.

    >>> trainer = {"max_epochs": 3, "devices": 4, "num_nodes": 2, "accumulate_grad_batches": 2}
    >>> ledger = Ledger({"trainer": trainer, "data": {"batch_size": 32}})
    >>> read_lightning(ledger, None)
    >>> ledger.spec["data_parallel_size"], ledger.spec["micro_batch_size"], ledger.spec["epochs"]
    (8, 32, 3)
    """
    ledger.put("framework/name", _KIND)
    _read_ranks(ledger, world_size)
    _read_batch(ledger)
    _read_budget(ledger)
    _read_seed(ledger)
    _read_strategy(ledger)
    _read_limits(ledger)
    _read_validation(ledger)


def _read_ranks(ledger: Ledger, world_size: int | None) -> None:
    devices, nodes = _devices(ledger), ledger.whole("trainer.num_nodes") or 1
    if devices is None:
        put_ranks(ledger, world_size)
        return
    if world_size not in (None, devices * nodes):
        ledger.refuse(
            "trainer.devices",
            "world-size-differs",
            f"{devices} devices on each of {nodes} nodes are {devices * nodes} ranks, not "
            f"{world_size}",
            allowed=f"a world size of {devices * nodes}, or none",
        )
    keys = ("trainer.num_nodes",) if ledger.given("trainer.num_nodes") is not None else ()
    put_ranks(ledger, devices * nodes, keys=(*keys, "trainer.devices"))


def _devices(ledger: Ledger) -> int | None:
    """Devices of a node; None where all that there are shall be taken, or none are told."""
    given = ledger.given("trainer.devices")
    if given in (None, AUTO, -1, "-1"):
        return None
    number = _counted(given)
    if number is None or number < 1:
        reason = "trainer.devices is neither a number of devices nor a list of them"
        ledger.refuse("trainer.devices", "illegal-value", reason, allowed="a number or a list")
        return None
    return number


def _counted(devices: object) -> int | None:
    """How many devices a number, a list, or the text of either means."""
    if isinstance(devices, str) and "," not in devices:
        return int(devices) if _DIGITS.fullmatch(devices) else None
    if isinstance(devices, str):
        return len([each for each in devices.split(",") if each.strip()])
    if isinstance(devices, list):
        return len(cast("list[object]", devices))
    return whole_number(devices)


def _read_batch(ledger: Ledger) -> None:
    key = next((key for key in _BATCH_SIZES if ledger.given(key) is not None), None)
    if key is not None:
        ledger.put("micro_batch_size", ledger.whole(key), key)
    key = "trainer.accumulate_grad_batches"
    ledger.put("gradient_accumulation_steps", default_of(_KIND, key))
    ledger.put("gradient_accumulation_steps", ledger.whole(key), key)


def _read_budget(ledger: Ledger) -> None:
    for key in ("trainer.fast_dev_run", "trainer.max_time"):
        if ledger.given(key) not in (None, False, 0):
            reason = f"{key} ends the run, which is not reproduced"
            ledger.refuse(key, "not-reproduced", reason, allowed=f"no {key}")
    epochs = ledger.whole("trainer.max_epochs", lowest=_NO_LIMIT)
    steps = ledger.whole("trainer.max_steps", lowest=_NO_LIMIT)
    bounded_steps = steps is not None and steps != _NO_LIMIT
    if bounded_steps and epochs not in (None, _NO_LIMIT):
        ledger.refuse(
            "trainer.max_steps",
            "two-limits",
            f"max_epochs {epochs} and max_steps {steps} both limit the run, whichever is first; a "
            "plan has one budget",
            allowed="one of max_epochs and max_steps",
        )
    elif bounded_steps:
        ledger.put("steps", steps, "trainer.max_steps")
    elif epochs == _NO_LIMIT:
        reason = "a run without max_epochs and max_steps has no end"
        ledger.refuse("trainer.max_epochs", "no-limit", reason, allowed="one of the two")
    elif epochs is not None:
        ledger.put("epochs", epochs, "trainer.max_epochs")
    else:
        ledger.put("epochs", _EPOCHS_UNLESS_TOLD)


_EPOCHS_UNLESS_TOLD: Final = 1000
"""Source: lightning 2.6.6, pytorch/loops/utilities.py (_parse_loop_limits)."""


def _read_seed(ledger: Ledger) -> None:
    """A flag in place of a seed is seed 0: seed_everything takes it where it is given none."""
    key = "seed_everything"
    if not isinstance(ledger.given(key), bool):
        ledger.put("sampling/seed", ledger.whole(key, lowest=0, highest=_SEED_MOST), key)


def _read_strategy(ledger: Ledger) -> None:
    """Strategies with one replica per rank have the same loaders; others have not."""
    key = "trainer.strategy"
    given = ledger.given(key)
    if isinstance(given, dict):
        path = str(cast("dict[str, object]", given).get("class_path"))
        given = path.rpartition(".")[2].removesuffix("Strategy").lower()
    name = str(given)
    if given in (None, AUTO):
        return
    if name.startswith(("ddp", "fsdp")):
        ledger.put("framework/strategy", "ddp", key)
        return
    ledger.refuse(
        key,
        "not-reproduced",
        f"the loaders and the accumulation of strategy {name} are not reproduced",
        allowed="auto, or a strategy of ddp or fsdp",
    )


def _read_limits(ledger: Ledger) -> None:
    for name in _LIMITS:
        key = f"trainer.{name}"
        ledger.put(f"framework/{name}", _number(ledger.amount(key)), key)
    key = "trainer.use_distributed_sampler"
    ledger.put("framework/use_distributed_sampler", ledger.flag(key), key)


def _read_validation(ledger: Ledger) -> None:
    """Intervals in time, which are texts or mappings, say nothing about the schedule."""
    key = "trainer.val_check_interval"
    if not isinstance(ledger.given(key), str | dict):
        ledger.put("framework/val_check_interval", _number(ledger.amount(key)), key)
    key = "trainer.check_val_every_n_epoch"
    ledger.put("framework/check_val_every_n_epoch", ledger.whole(key), key)


def _number(amount: int | Decimal | None) -> object:
    """An integer stays one, and 1.0 stays a double: Lightning tells them apart."""
    return plain(amount)

"""TrainingArguments of Hugging Face transformers, as JSON or YAML.

Source: transformers 5.23.0 and 4.57.1, transformers/training_args.py and transformers/trainer.py.
Arguments that are not given have the defaults of TrainingArguments.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast

from app.configs.known_keys import default_of
from app.configs.ledger import INT64_MAX, MOST_DIGITS, Ledger, plain, whole_number
from app.configs.ranks import put_ranks

SECTIONS: Final = ("accelerator_config",)

_KIND: Final = "hf-trainer"
_UINT64_MAX: Final = 2**64 - 1
_CHECKPOINT: Final = re.compile(r"(?:.*/)?checkpoint-([1-9][0-9]{0,17})/?")
_STRATEGIES: Final = {"random": "shuffle", "sequential": "sequential"}
_REFUSED: Final[Mapping[str, str]] = {
    "group_by_length": "an order by the lengths of the samples is not reproduced",
    "auto_find_batch_size": "the batch size is found when the training starts",
    "parallelism_config": "how it divides the ranks is not reproduced: give the world size of one "
    "replica's peers, without it",
    "accelerator_config.dispatch_batches": "samples that rank 0 dispatches are not reproduced",
    "accelerator_config.gradient_accumulation_kwargs": "only the Trainer's own accumulation is "
    "reproduced",
}
"""Arguments that change the schedule or the order when they are on."""


def read_hf_trainer(ledger: Ledger, world_size: int | None) -> None:
    """Reads arguments of the Trainer, for a launch of so many ranks.

    >>> ledger = Ledger({"per_device_train_batch_size": 4, "max_steps": 100})
    >>> read_hf_trainer(ledger, 2)
    >>> ledger.spec["steps"], ledger.spec["gradient_accumulation_steps"], ledger.spec["sampling"]
    (100, 1, {'seed': 42})
    """
    ledger.put("framework/name", _KIND)
    ranks = put_ranks(ledger, world_size)
    _read_batch(ledger, ranks)
    _read_budget(ledger)
    _read_sampling(ledger)
    _read_accelerator(ledger)
    _read_intervals(ledger)
    _read_checkpoint(ledger)
    for key, reason in _REFUSED.items():
        if ledger.given(key) not in (None, False):
            ledger.refuse(key, "not-reproduced", f"{key}: {reason}", allowed=f"no {key}")


def _whole(
    ledger: Ledger, key: str, field: str, *, lowest: int = 1, highest: int = INT64_MAX
) -> None:
    """Sets a field to an integer, or to the framework's default of it."""
    value = ledger.whole(key, lowest=lowest, highest=highest)
    if value is None:
        ledger.put(field, default_of(_KIND, key))
    else:
        ledger.put(field, value, key)


def _read_batch(ledger: Ledger, ranks: int | None) -> None:
    key = "per_device_train_batch_size"
    _whole(ledger, "gradient_accumulation_steps", "gradient_accumulation_steps")
    _whole(ledger, key, "micro_batch_size")
    if ledger.given("accelerator_config.split_batches") is not True or ranks is None:
        return
    loaded = cast("int", ledger.spec["micro_batch_size"])
    if loaded % ranks:
        ledger.refuse(
            "accelerator_config.split_batches",
            "batch-not-split",
            f"split_batches shares the {loaded} samples of {key} among {ranks} ranks, which do "
            "not divide them",
            allowed=f"a {key} that {ranks} divides, or no split_batches",
        )
    ledger.put("micro_batch_size", loaded // ranks)


def _read_budget(ledger: Ledger) -> None:
    steps = ledger.whole("max_steps", lowest=-INT64_MAX)
    if steps is not None and steps > 0:
        ledger.put("steps", steps, "max_steps")
        return
    epochs = ledger.amount("num_train_epochs")
    if epochs is None:
        ledger.put("epochs", whole_number(Decimal(str(default_of(_KIND, "num_train_epochs")))))
    else:
        ledger.put("epochs", written(epochs), "num_train_epochs")


def written(amount: int | Decimal) -> int | str:
    """An amount as a spec has it: an integer, or decimal digits.

    >>> written(Decimal("3.0")), written(Decimal("2.50"))
    (3, '2.5')
    """
    number = whole_number(amount)
    if number is not None:
        return number
    exact = Decimal(amount)
    short = abs(exact.adjusted()) < MOST_DIGITS
    return f"{exact:f}".rstrip("0") if short else str(exact)


def _read_sampling(ledger: Ledger) -> None:
    _whole(ledger, "seed", "sampling/seed", lowest=0, highest=_UINT64_MAX)
    data_seed = ledger.whole("data_seed", lowest=0, highest=_UINT64_MAX)
    ledger.put("framework/data_seed", data_seed, "data_seed")
    key = "train_sampling_strategy"
    strategy = ledger.word(key, _STRATEGIES)
    if strategy is not None:
        ledger.put("sampling/method", _STRATEGIES[strategy], key)


def _read_accelerator(ledger: Ledger) -> None:
    drop_last = ledger.flag("dataloader_drop_last")
    ledger.put("framework/dataloader_drop_last", drop_last, "dataloader_drop_last")
    if isinstance(ledger.given("accelerator_config"), str):
        ledger.refuse(
            "accelerator_config",
            "config-elsewhere",
            "accelerator_config names a file, which is not read",
            allowed="its content in place of its name",
        )
    for name in ("split_batches", "even_batches"):
        key = f"accelerator_config.{name}"
        ledger.put(f"framework/{name}", ledger.flag(key), key)
    key = "accelerator_config.use_seedable_sampler"
    if ledger.flag(key) is False:
        reason = "without use_seedable_sampler the order depends on all random numbers before"
        ledger.refuse(key, "not-reproduced", reason, allowed="true")


def _read_intervals(ledger: Ledger) -> None:
    for name in ("warmup_steps", "warmup_ratio"):
        amount = ledger.amount(name)
        if amount:
            ledger.put(f"framework/{name}", _number(amount), name)
    for name, strategies in (("logging", ["logging_strategy"]), ("save", ["save_strategy"])):
        if all(ledger.given(each) in (None, "steps") for each in strategies):
            _read_interval(ledger, f"{name}_steps")
    for key in ("eval_strategy", "evaluation_strategy"):
        if ledger.given(key) == "steps":
            ledger.put("framework/eval_steps", 0, key)
            _read_interval(ledger, "eval_steps")


def _read_interval(ledger: Ledger, key: str) -> None:
    amount = ledger.amount(key)
    if amount is not None:
        ledger.put(f"framework/{key}", _number(amount), key)


def _number(amount: int | Decimal) -> object:
    number = whole_number(amount)
    return plain(amount) if number is None else number


def _read_checkpoint(ledger: Ledger) -> None:
    key = "resume_from_checkpoint"
    named = _CHECKPOINT.fullmatch(str(ledger.given(key)))
    if named is None:
        return
    ledger.put(f"framework/{key}", int(named[1]), key)
    skips = ledger.flag("ignore_data_skip")
    ledger.put("framework/ignore_data_skip", skips, "ignore_data_skip")

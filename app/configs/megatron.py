"""Megatron-LM's line of arguments.

Source: Megatron-LM core_v0.16.1, megatron/training/arguments.py. The dataset of the plan is the
one that the sampler counts: what GPTDataset makes of --seed is inside of it.
"""

from decimal import Decimal, InvalidOperation
from math import prod
from typing import Final, cast

from app.configs.ledger import Ledger, whole_number
from app.configs.ranks import put_ranks

SECTIONS: Final = ()

_KIND: Final = "megatron"
_METHODS: Final = {"single": "sequential", "cyclic": "shuffle"}
_PARALLEL: Final = (
    "--tensor-model-parallel-size",
    "--pipeline-model-parallel-size",
    "--context-parallel-size",
)
_FLAGS: Final = {
    "--no-data-sharding": ("data_sharding", False),
    "--decrease-batch-size-if-needed": ("decrease_batch_size_if_needed", True),
}
_REFUSED: Final = {
    "--step-batch-size-schedule": "a schedule of batch sizes is not reproduced",
    "--iterations-to-skip": "iterations that are skipped are not reproduced",
    "--skip-train": "it trains nothing",
}
_PAIR: Final = 2


def read_megatron(ledger: Ledger, world_size: int | None) -> None:
    """Reads arguments of Megatron-LM, for a launch of so many ranks.

    >>> ledger = Ledger(
    ...     {"--micro-batch-size": 4, "--train-iters": 10, "--context-parallel-size": 2}
    ... )
    >>> read_megatron(ledger, 16)
    >>> ledger.spec["data_parallel_size"], ledger.spec["global_batch_size"], ledger.spec["steps"]
    (8, 32, 10)
    """
    ledger.put("framework/name", _KIND)
    _read_batch(ledger, _read_ranks(ledger, world_size))
    _read_budget(ledger)
    _read_loader(ledger)
    _read_evaluation(ledger)
    _read_blend(ledger)
    for key, reason in _REFUSED.items():
        if ledger.given(key) is not None:
            ledger.refuse(key, "not-reproduced", f"{key}: {reason}", allowed=f"no {key}")


def _read_ranks(ledger: Ledger, world_size: int | None) -> int | None:
    keys = [key for key in _PARALLEL if ledger.given(key) is not None]
    sizes = [ledger.whole(key) for key in keys]
    if None in sizes:
        return None
    return put_ranks(ledger, world_size, model_ranks=prod(cast("list[int]", sizes)), keys=keys)


def _read_batch(ledger: Ledger, ranks: int | None) -> None:
    """Without --global-batch-size a step has one micro-step."""
    micro = ledger.whole("--micro-batch-size")
    ledger.put("micro_batch_size", micro, "--micro-batch-size")
    if ledger.given("--micro-batch-size") is None:
        ledger.need(
            "batch-size-needed", "--micro-batch-size is not given", allowed="--micro-batch-size"
        )
    key = "--global-batch-size"
    full = ledger.whole(key)
    decreases = ledger.given("--decrease-batch-size-if-needed") is True
    if full is not None and decreases and micro and ranks and full % (micro * ranks):
        ledger.put("framework/global_batch_size", full, key)
        full -= full % (micro * ranks)
    if full is None and micro and ranks:
        ledger.put("global_batch_size", micro * ranks)
    ledger.put("global_batch_size", full, key)
    key = "--rampup-batch-size"
    if ledger.given(key) is not None:
        _read_ramp(ledger, key)


def _read_ramp(ledger: Ledger, key: str) -> None:
    ramp = ledger.given(key)
    numbers = cast("list[object]", ramp) if isinstance(ramp, list) else []
    match numbers:
        case [_, _, _] if all(type(each) is int for each in numbers):
            ledger.put("framework/rampup_batch_size", numbers, key)
        case _:
            reason = f"{key} takes three integers: start, increment, samples"
            ledger.refuse(key, "illegal-value", reason, allowed="three integers")


def _read_budget(ledger: Ledger) -> None:
    iterations, samples = ledger.whole("--train-iters"), ledger.whole("--train-samples")
    if iterations is not None and samples is not None:
        reason = "Megatron takes --train-iters or --train-samples, not both"
        ledger.refuse("--train-samples", "two-budgets", reason, allowed="one of the two")
        return
    ledger.put("steps", iterations, "--train-iters")
    ledger.put("samples", samples, "--train-samples")
    if ledger.given("--train-iters") is None and ledger.given("--train-samples") is None:
        reason = "neither --train-iters nor --train-samples is given"
        ledger.need("budget-needed", reason, allowed="--train-iters or --train-samples")


def _read_loader(ledger: Ledger) -> None:
    key = "--dataloader-type"
    loader = ledger.word(key, _METHODS)
    name = loader or "single"
    origin = key if loader else None
    ledger.put("framework/dataloader_type", name, origin)
    ledger.put("sampling/method", _METHODS[name], origin)
    for key, (option, value) in _FLAGS.items():
        if ledger.given(key) is True:
            ledger.put(f"framework/{option}", value, key)


def _read_evaluation(ledger: Ledger) -> None:
    interval = ledger.whole("--eval-interval")
    ledger.put("framework/eval_interval", interval, "--eval-interval")
    iterations = ledger.whole("--eval-iters", lowest=0)
    ledger.put("framework/eval_iters", iterations, "--eval-iters")


def _read_blend(ledger: Ledger) -> None:
    """Weights before the paths of several datasets; without them the sizes decide, unknown here."""
    key = "--data-path"
    given = ledger.given(key)
    words = cast("list[object]", given) if isinstance(given, list) else []
    weights = [_weight(each) for each in words[::_PAIR]]
    if len(words) > _PAIR and len(words) % _PAIR == 0 and None not in weights:
        ledger.put("framework/blend", weights, key)
    elif len(words) > 1 and None in weights:
        reason = (
            "datasets without weights are blended by their sizes, which the arguments do not say"
        )
        ledger.refuse(key, "blend-needs-sizes", reason, allowed="a weight before every path")


def _weight(word: object) -> float | int | None:
    try:
        number = Decimal(str(word))
    except InvalidOperation:
        return None
    whole = whole_number(number)
    return float(number) if whole is None else whole

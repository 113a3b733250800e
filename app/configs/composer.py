"""The YAML of a Composer run, as LLM Foundry has it.

Source: mosaicml 0.32.1, composer/trainer/trainer.py and composer/utils/dist.py (get_sampler). A
loader whose dataset has streams, a remote or a local folder reads a StreamingDataset; any other
is taken for a DataLoader with Composer's own sampler, torch's DistributedSampler with seed 0.

Composer splits what its loader gives into micro-batches. Their size says nothing about the
schedule, except how many micro-steps a step has: it is used where the loader drops nothing, as a
plan drops micro-steps where Composer drops whole batches of the loader.
"""

from collections.abc import Mapping
from typing import Final, cast

from app.configs.known_keys import default_of
from app.configs.ledger import AUTO, Ledger, whole_number
from app.configs.ranks import put_ranks
from app.configs.time_string import UNITS, read_time

SECTIONS: Final = ("train_loader", "train_loader.dataset")

_DATASET: Final = "train_loader.dataset"
_STREAMING_KEYS: Final = ("streams", "remote", "local")
_WHOLE_OPTIONS: Final = (
    "num_canonical_nodes",
    "shuffle_block_size",
    "epoch_size",
    "sampling_granularity",
)
_WORD_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "partition_algo": ("orig", "relaxed"),
    "shuffle_algo": ("naive", "py1br", "py1e", "py1s", "py2s"),
    "sampling_method": ("balanced", "fixed"),
}
_WEIGHTS: Final = ("proportion", "repeat", "choose")


def read_composer(ledger: Ledger, world_size: int | None) -> None:
    """Reads a config of a Composer run, for a launch of so many ranks.

    >>> loader = {"dataset": {"local": "data", "shuffle": True}}
    >>> config = {"max_duration": "10ep", "global_train_batch_size": 64, "train_loader": loader}
    >>> ledger = Ledger(config)
    >>> read_composer(ledger, 8)
    >>> ledger.spec["micro_batch_size"], ledger.spec["framework"]
    (8, {'name': 'mosaic-streaming'})
    """
    _read_framework(ledger)
    ranks = put_ranks(ledger, world_size)
    _read_batch(ledger, ranks)
    _read_budget(ledger)
    if ledger.given("train_subset_num_batches") not in (None, -1):
        ledger.refuse(
            "train_subset_num_batches",
            "not-reproduced",
            "epochs that stop early are not reproduced",
            allowed="-1",
        )


def _read_framework(ledger: Ledger) -> None:
    """Whose loader it is, and what its dataset does."""
    drop_last = ledger.flag("train_loader.drop_last")
    shuffles = ledger.flag(f"{_DATASET}.shuffle")
    origin = f"{_DATASET}.shuffle" if shuffles is not None else None
    streamed = next((key for key in _STREAMING_KEYS if ledger.given(f"{_DATASET}.{key}")), None)
    if streamed is None:
        ledger.put("framework/name", "pytorch")
        ledger.put("framework/sampler_drop_last", drop_last, "train_loader.drop_last")
    else:
        ledger.put("framework/name", "mosaic-streaming", f"{_DATASET}.{streamed}")
        _read_streaming(ledger, shuffles=shuffles is True)
    ledger.put("framework/drop_last", drop_last, "train_loader.drop_last")
    ledger.put("sampling/method", "shuffle" if shuffles else "sequential", origin)


def _read_streaming(ledger: Ledger, *, shuffles: bool) -> None:
    key = f"{_DATASET}.shuffle_seed"
    if shuffles:
        ledger.put("sampling/seed", default_of("composer", key))
        ledger.put("sampling/seed", ledger.whole(key, lowest=0), key)
    for name in _WHOLE_OPTIONS:
        key = f"{_DATASET}.{name}"
        ledger.put(f"framework/{name}", ledger.whole(key), key)
    for name, choices in _WORD_OPTIONS.items():
        key = f"{_DATASET}.{name}"
        ledger.put(f"framework/{name}", ledger.word(key, choices), key)
    key = "train_loader.num_workers"
    ledger.put("framework/num_workers", ledger.whole(key, lowest=0), key)
    _refuse_what_differs(ledger)


def _refuse_what_differs(ledger: Ledger) -> None:
    key = f"{_DATASET}.batching_method"
    ledger.word(key, ("random",))
    key = f"{_DATASET}.replication"
    if ledger.given(key) not in (None, 1):
        reason = "ranks that share their samples are not reproduced"
        ledger.refuse(key, "not-reproduced", reason, allowed="1, or nothing")
    key = f"{_DATASET}.streams"
    given = ledger.given(key)
    streams = cast("dict[str, object]", given) if isinstance(given, dict) else {}
    weighed = [name for name, stream in streams.items() if _is_weighed(stream)]
    if weighed:
        reason = f"{', '.join(_WEIGHTS)} of streams are not reproduced: {', '.join(weighed)}"
        ledger.refuse(key, "not-reproduced", reason, allowed="streams that are taken whole")


def _is_weighed(stream: object) -> bool:
    weights = cast("dict[str, object]", stream) if isinstance(stream, dict) else {}
    return any(weights.get(name) is not None for name in _WEIGHTS)


def _read_batch(ledger: Ledger, ranks: int | None) -> None:
    loaded = _loaded(ledger, ranks)
    key = "device_train_microbatch_size"
    micro = None if ledger.given(key) == AUTO else ledger.whole(key)
    drops = ledger.given("train_loader.drop_last") is True
    if loaded is None:
        return
    if micro is None or loaded % micro or drops:
        ledger.put("micro_batch_size", loaded)
        ledger.put("gradient_accumulation_steps", 1)
    else:
        ledger.put("micro_batch_size", micro, key)
        ledger.put("gradient_accumulation_steps", loaded // micro, key)


def _loaded(ledger: Ledger, ranks: int | None) -> int | None:
    """Samples that the loader of a rank gives for a step; None where they are not known."""
    key, own = "global_train_batch_size", "train_loader.batch_size"
    full = ledger.whole(key)
    if ledger.given(key) is None and ledger.given(own) is None:
        ledger.need("batch-size-needed", f"{key} is not given", allowed=key)
    if full is None:
        loaded = ledger.whole(own) if ledger.given(key) is None else None
        if loaded is not None:
            ledger.use(own)
        return loaded
    ledger.put("global_batch_size", full, key)
    if ranks is None:
        return None
    if full % ranks:
        reason = f"{ranks} ranks cannot share a global batch of {full} samples equally"
        ledger.refuse(key, "batch-not-shared", reason, allowed=f"a multiple of {ranks}")
        return None
    return full // ranks


def _read_budget(ledger: Ledger) -> None:
    key = "max_duration"
    time = read_time(ledger.given(key))
    if time is None:
        told = ledger.given(key) is not None
        allowed = f"an integer, or a number with one of {', '.join(UNITS)}"
        if told:
            reason = "max_duration is no time string that counts epochs, steps, samples or tokens"
            ledger.refuse(key, "illegal-value", reason, allowed=allowed)
        else:
            ledger.need("budget-needed", "max_duration is not given", allowed=allowed)
        return
    amount = whole_number(time.amount)
    if amount is None:
        reason = f"Composer cuts {ledger.given(key)} down to a whole number, or it is too long"
        ledger.refuse(key, "duration-not-whole", reason, allowed="a whole number")
        return
    ledger.put(time.budget, amount, key)
    if time.budget == "tokens":
        _read_tokens_per_sample(ledger)


def _read_tokens_per_sample(ledger: Ledger) -> None:
    keys = [f"{_DATASET}.max_seq_len", "max_seq_len"]
    key = next((key for key in keys if ledger.given(key) is not None), None)
    if key is None:
        reason = "a budget of tokens needs to know the tokens of a sample"
        ledger.need("tokens-per-sample-needed", reason, allowed=" or ".join(keys))
    else:
        ledger.put("tokens_per_sample", ledger.whole(key), key)

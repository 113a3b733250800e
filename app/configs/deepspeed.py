"""DeepSpeed's ds_config.json.

It knows batch sizes, but neither a dataset nor an end: the budget of the spec is for its reader.
Source: deepspeed 0.19.8, deepspeed/runtime/config.py (DeepSpeedConfig).
"""

from typing import Final, cast

from app.configs.ledger import Ledger, plain
from app.configs.ranks import put_ranks

SECTIONS: Final = ("elasticity",)

_SIZES: Final = {
    "train_batch_size": "global_batch_size",
    "train_micro_batch_size_per_gpu": "micro_batch_size",
    "gradient_accumulation_steps": "gradient_accumulation_steps",
}


def read_deepspeed(ledger: Ledger, world_size: int | None) -> None:
    """Reads a config of DeepSpeed, for a launch of so many ranks.

    >>> ledger = Ledger({"train_batch_size": 64, "gradient_accumulation_steps": 2})
    >>> read_deepspeed(ledger, 8)
    >>> ledger.spec["global_batch_size"], ledger.spec["data_parallel_size"]
    (64, 8)
    """
    ledger.put("framework/name", "deepspeed")
    elastic = ledger.flag("elasticity.enabled") is True
    if elastic:
        _read_elasticity(ledger)
    if not (elastic and ledger.given("elasticity.ignore_non_elastic_batch_info") is True):
        for key, field in _SIZES.items():
            ledger.put(field, ledger.whole(key), key)
    if not elastic:
        _need_size(ledger)
    if (
        world_size is not None
        or elastic
        or not all(field in ledger.spec for field in _SIZES.values())
    ):
        _read_ranks(ledger, world_size)
    drop_last = ledger.flag("dataloader_drop_last")
    ledger.put("framework/dataloader_drop_last", drop_last, "dataloader_drop_last")
    _refuse_what_differs(ledger)


def _need_size(ledger: Ledger) -> None:
    sizes = ("train_batch_size", "train_micro_batch_size_per_gpu")
    if all(ledger.given(key) is None for key in sizes):
        ledger.need(
            "batch-size-needed",
            f"DeepSpeed needs {' or '.join(sizes)}, and neither is given",
            allowed=" or ".join(sizes),
        )


def _read_elasticity(ledger: Ledger) -> None:
    block = cast("dict[str, object]", ledger.given("elasticity"))
    members = {name: plain(value) for name, value in block.items()}
    ledger.put("framework/elasticity", members, "elasticity")
    for key in ledger.keys(SECTIONS):
        if key.startswith("elasticity."):
            ledger.use(key)
            name = key.removeprefix("elasticity.")
            ledger.origins[f"/framework/elasticity/{name}"] = key


def _read_ranks(ledger: Ledger, world_size: int | None) -> None:
    key = "sequence_parallel_size"
    shared = ledger.whole(key)
    put_ranks(ledger, world_size, model_ranks=shared or 1, keys=(key,) if shared else ())


def _refuse_what_differs(ledger: Ledger) -> None:
    if ledger.given("managed_gradient_accumulation") is False:
        ledger.refuse(
            "managed_gradient_accumulation",
            "not-reproduced",
            "without managed_gradient_accumulation the training loop decides when to update",
            allowed="true",
        )
    if (ledger.whole("tensor_parallel.autotp_size", lowest=0) or 0) > 1:
        ledger.refuse(
            "tensor_parallel.autotp_size",
            "not-reproduced",
            "how autotp_size divides the ranks is not reproduced",
            allowed="0 or 1, and a world size that counts the data-parallel ranks alone",
        )
    sampling = ledger.given("data_efficiency.data_sampling.enabled") is True
    if sampling and ledger.given("data_efficiency.enabled") is True:
        ledger.refuse(
            "data_efficiency",
            "not-reproduced",
            "data_sampling of data_efficiency has an order of its own, which is not reproduced",
            allowed="data_efficiency without data_sampling",
        )

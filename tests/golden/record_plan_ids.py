"""Records plan_ids that must never change: `python -m tests.golden.record_plan_ids`.

Adds what is not recorded yet. A plan_id that would come out differently today is an error: the
code is wrong then, not the record.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.arithmetic.settle import settle
from app.plan.plan_id import encode_plan_id
from app.plan.spec_fields import draft_of

RECORD: Final = Path(__file__).with_name("plan_ids.json")
_NATIVE: Final = {"framework": {"name": "native", "version": "1"}}

_SPECS: Final[Mapping[str, Mapping[str, object]]] = {
    "the plain question": {"dataset_size": 20_000, "global_batch_size": 100, "epochs": 1},
    "1000 steps, 1 epoch": {
        "dataset_size": 2_000,
        "global_batch_size": 10,
        "steps_per_epoch": 1_000,
        "epochs": 1,
    },
    "100 steps, 10 epochs": {
        "dataset_size": 2_000,
        "global_batch_size": 10,
        "steps_per_epoch": 100,
        "epochs": 10,
    },
    "100 steps, 10 epochs, random_sample": {
        "dataset_size": 2_000,
        "global_batch_size": 10,
        "steps_per_epoch": 100,
        "epochs": 10,
        "sampling": {"method": "random_sample"},
    },
    "100 steps, 10 epochs, with_replacement": {
        "dataset_size": 2_000,
        "global_batch_size": 10,
        "steps_per_epoch": 100,
        "epochs": 10,
        "sampling": {"method": "with_replacement"},
    },
    "an odd remainder is dropped": {
        "dataset_size": 1_281_167,
        "global_batch_size": 256,
        "epochs": 90,
        "remainder": "drop",
    },
    "an odd remainder is padded": {
        "dataset_size": 1_281_167,
        "global_batch_size": 256,
        "samples": 10**8,
        "remainder": "pad",
    },
    "every factor": {
        "dataset_size": 10**9,
        "global_batch_size": 4_096,
        "gradient_accumulation_steps": 8,
        "data_parallel_size": 64,
        "steps": 250_000,
    },
    "tokens": {
        "dataset_size": 10**12,
        "global_batch_size": 1_024,
        "tokens": 3 * 10**11,
        "tokens_per_sample": 2_048,
    },
    "fractional epochs": {"dataset_size": 1_797, "global_batch_size": 32, "epochs": "2.5"},
    "one order for all passes, largest seed": {
        "dataset_size": 65_536,
        "global_batch_size": 1,
        "steps": 1,
        "sampling": {"method": "shuffle_once", "seed": 2**64 - 1},
    },
    "sequential": {
        "dataset_size": 7,
        "global_batch_size": 3,
        "epochs": "0.00000000000000001",
        "sampling": {"method": "sequential"},
    },
    "largest integers": {
        "dataset_size": 2**63 - 1,
        "global_batch_size": 2**63 - 1,
        "data_parallel_size": 2**63 - 1,
        "steps": 2**63 - 1,
        "steps_per_epoch": 1,
        "sampling": {"seed": 2**64 - 1},
    },
}


def main() -> None:
    """Add what is new to the record."""
    recorded = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    for name, fields in _SPECS.items():
        spec = {**fields, **_NATIVE}
        plan_id = encode_plan_id(settle(draft_of(spec)))
        known = recorded.setdefault(name, {"spec": spec, "plan_id": plan_id})
        if known != {"spec": spec, "plan_id": plan_id}:
            message = f"{name!r} has the plan_id {plan_id} today; the record stays as it is"
            raise SystemExit(message)
    RECORD.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    print(f"{len(recorded)} plan_ids in {RECORD.name}")


if __name__ == "__main__":
    main()

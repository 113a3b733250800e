import json
from fractions import Fraction
from hashlib import sha256
from typing import Any

from app.review.lock import _without_floats, lock_document
from tests.review.planning import framework, planned
from tests.sampling import reference

LOCK: dict[str, Any] = {
    "lock_version": 1,
    "plan_id": "ep1_eyJkYXRhc2V0X3NpemUiOjEwLCJlcG9jaHMiOjEsImZyYW1ld29yayI6eyJuYW1lIjoibmF0aXZl"
    "IiwidmVyc2lvbiI6IjEifSwiZ2xvYmFsX2JhdGNoX3NpemUiOjR9eVaxYSm7a2o",
    "order_algorithm": "epochplan-1",
    "spec": {
        "dataset_size": 10,
        "global_batch_size": 4,
        "micro_batch_size": 4,
        "gradient_accumulation_steps": 1,
        "data_parallel_size": 1,
        "epochs": 1,
        "steps": None,
        "samples": None,
        "tokens": None,
        "tokens_per_sample": None,
        "steps_per_epoch": None,
        "remainder": "keep",
        "sampling": {"method": "shuffle", "seed": 0},
        "framework": {"name": "native", "version": "1"},
    },
    "plan": {
        "epoch_kind": "pass",
        "steps_per_epoch": 3,
        "micro_steps_per_epoch": 3,
        "samples_per_epoch": 10,
        "last_step_samples": 2,
        "dropped_samples_per_epoch": 0,
        "padded_samples_per_epoch": 0,
        "epochs": 1,
        "total_steps": 3,
        "total_micro_steps": 3,
        "total_samples": 10,
        "final_epoch_steps": 3,
        "final_step_samples": 2,
        "framework_numbers": {},
    },
    "fingerprints": [
        {
            "epoch": 0,
            "start_position": 0,
            "stop_position": 10,
            "sha256": "863587c83220913570aeac12224af71a12b210f533c5097c421e9f60285a343a",
        }
    ],
}


def test_a_lock_holds_no_float() -> None:
    plan = planned(
        global_batch_size=None,
        micro_batch_size=2,
        framework=framework("lightning", limit_train_batches=0.5),
    )

    lock = lock_document(plan)

    json.loads(json.dumps(lock), parse_float=_refused)
    assert lock["spec"]["framework"]["limit_train_batches"] == "0.5"  # type: ignore[index] # a JSON object


def test_a_float_in_a_list_is_written_as_text_as_well() -> None:
    assert _without_floats({"weights": [0.25, 1, None]}) == {"weights": ["0.25", 1, None]}


def _refused(digits: str) -> float:
    message = f"a float: {digits}"
    raise AssertionError(message)


def test_the_lock_of_a_plan_stays_what_it_was() -> None:
    lock = lock_document(planned(dataset_size=10, global_batch_size=4, epochs=Fraction(1)))

    assert lock == LOCK


def test_its_fingerprint_is_that_of_the_order_in_plain_python() -> None:
    order = [reference.permutation("epochplan.perm.1", 0, 0, 10, at) for at in range(10)]

    digest = sha256(b"".join(index.to_bytes(8, "little") for index in order)).hexdigest()

    assert LOCK["fingerprints"] == [
        {"epoch": 0, "start_position": 0, "stop_position": 10, "sha256": digest}
    ]

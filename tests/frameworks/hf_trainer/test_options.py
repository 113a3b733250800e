from typing import Any

import pytest

from app.frameworks.hf_trainer.options import StepsOrRatio
from tests.frameworks.asking import Asking
from tests.strategies import INT64_MAX

ASKING = Asking({"name": "hf-trainer"}, {"dataset_size": 9, "micro_batch_size": 2, "epochs": 3})
FROM_1 = StepsOrRatio(name="logging_steps", default=500, description="", lowest=1)
FROM_0 = StepsOrRatio(name="save_steps", default=500, description="")


@pytest.mark.parametrize("value", [1, 500, INT64_MAX, 0.5, 1e-9, 1.0, 20.0])
def test_steps_and_shares_are_accepted(value: float) -> None:
    assert FROM_1.accepts(value)


@pytest.mark.parametrize("value", [0, -1, 0.0, -0.5, 2.5, INT64_MAX + 1, 1e300, True, "5", None])
def test_what_is_neither_steps_nor_a_share_is_not(value: Any) -> None:
    assert not FROM_1.accepts(value)


@pytest.mark.parametrize("value", [0, 0.0])
def test_no_checkpoint_but_the_last_is_a_choice(value: float) -> None:
    assert FROM_0.accepts(value)


@pytest.mark.parametrize(
    ("value", "nearest"),
    [(2.5, (2, 3)), (0, (1,)), (-7.5, (1,)), (INT64_MAX + 1, (INT64_MAX,)), (True, ()), ("x", ())],
)
def test_the_nearest_steps_are_offered(value: Any, nearest: tuple[int, ...]) -> None:
    assert FROM_1.nearest(value) == nearest


def test_the_fault_of_a_broken_step_says_what_is_legal() -> None:
    fault = ASKING.fault({}, logging_steps=2.5)

    assert (fault.pointer, fault.nearest) == ("/framework/logging_steps", (2, 3))
    assert fault.allowed == f"an integer in [1, {INT64_MAX}], or a number between 0 and 1"


def test_the_schema_of_steps_is_that_of_a_number() -> None:
    assert FROM_1.schema == {"type": "number", "minimum": 0, "maximum": INT64_MAX}

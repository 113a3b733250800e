"""What is said of epochs that are filled up, or whose ends are crossed by steps."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.plan.explanation import explain
from tests.frameworks.answering import plan_of_case

TWENTY_TWO: dict[str, Any] = {"dataset_size": 22, "micro_batch_size": 3, "epochs": 3}
THREE_TO_A_STEP = {"gradient_accumulation_steps": 3}


def explained(framework: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[str, ...]:
    plan = plan_of_case({"spec": {**TWENTY_TWO, **fields, "framework": framework}})
    return explain([plan, plan])


def test_a_sample_that_is_repeated_many_times_is_counted_each_time() -> None:
    sentences = explained({"name": "pytorch"}, {"dataset_size": 2, "data_parallel_size": 7})

    assert (
        "Every plan fills up a full epoch with 5 repeated samples and leaves out 0 samples."
    ) in sentences


def test_places_without_a_sample_are_not_called_repeated_samples() -> None:
    sentences = explained({"name": "keras"}, {"data_parallel_size": 3})

    assert (
        "Every plan fills up a full epoch with 1 repeated sample or empty place and leaves out 0 "
        "samples."
    ) in sentences


@pytest.mark.parametrize(
    "framework",
    [
        {"name": "pytorch", "accumulation": "carry"},
        {"name": "deepspeed"},
        {"name": "hf-trainer", "version": "4.45.2"},
    ],
    ids=lambda framework: str(framework["name"]),
)
def test_epochs_whose_ends_steps_cross_are_counted_in_micro_steps(
    framework: dict[str, Any],
) -> None:
    sentences = explained(framework, THREE_TO_A_STEP)

    assert (
        "All plans start 3 epochs of 8 micro-steps with 3 to a full step, a full one as long as 1 "
        "pass."
    ) in sentences


def test_epochs_that_end_with_a_step_are_counted_in_steps() -> None:
    sentences = explained({"name": "pytorch"}, THREE_TO_A_STEP)

    assert "All plans start 3 epochs of 3 steps, a full one as long as 1 pass." in sentences

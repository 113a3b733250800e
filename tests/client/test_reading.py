from typing import Any

import numpy as np
import pytest
from epochplan_client import InvalidArgumentError, Reading


@pytest.mark.parametrize(
    "option",
    [
        {"block_bytes": 0},
        {"block_bytes": 1.5e6},
        {"blocks_ahead": 0},
        {"blocks_ahead": "2"},
        {"patience": 0.0},
        {"patience": float("nan")},
        {"patience": "600"},
    ],
    ids=str,
)
def test_a_reading_that_cannot_be_meant_is_refused(option: dict[str, Any]) -> None:
    ((name, value),) = option.items()

    with pytest.raises(InvalidArgumentError, match=f"^{name} {value!r} "):
        Reading(**option)


def test_all_faults_of_a_reading_are_told_at_once() -> None:
    with pytest.raises(InvalidArgumentError) as refusal:
        Reading(block_bytes=0, blocks_ahead=-1, patience=float("nan"))

    told = str(refusal.value).split("; ")
    assert [each.split()[0] for each in told] == ["block_bytes", "blocks_ahead", "patience"]


def test_numbers_of_numpy_become_those_of_python() -> None:
    numbers: dict[str, Any] = {
        "block_bytes": np.int16(64),
        "blocks_ahead": np.uint8(3),
        "patience": np.float32(0.5),
    }

    reading = Reading(**numbers)

    assert reading == Reading(block_bytes=64, blocks_ahead=3, patience=0.5)
    assert [type(getattr(reading, name)) for name in numbers] == [int, int, float]

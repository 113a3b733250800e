import pytest

from app.frameworks.hf_trainer.numbers import intervals, warmup_steps
from tests.frameworks.asking import Asking

ASKING = Asking({"name": "hf-trainer"}, {"dataset_size": 100, "micro_batch_size": 2, "epochs": 1})


@pytest.mark.parametrize(
    ("given", "steps"), [(0.15, 8), (0.33, 17), (7, 7), (4.0, 4), (1.0, 1), (1, 1), (0.999, 50)]
)
def test_shares_of_the_run_are_rounded_up_and_steps_are_themselves(
    given: float, steps: int
) -> None:
    numbers = ASKING.numbers({}, save_steps=given)

    assert numbers["save_steps"] == steps


def test_evaluations_are_told_only_where_they_are_asked_for() -> None:
    assert "eval_steps" not in ASKING.numbers({})
    assert ASKING.numbers({}, eval_steps=0.5)["eval_steps"] == 25


def test_an_evaluation_interval_of_0_is_that_of_the_logs() -> None:
    found = intervals({"logging_steps": 0.07, "eval_steps": 0, "save_steps": 0}, 100)

    assert found == {"logging_steps": 8, "eval_steps": 8, "save_steps": 0}


@pytest.mark.parametrize(
    ("steps", "ratio", "warmup"),
    [
        (0, 0.03, 2),
        (7, 0.03, 7),
        (0, 1, 50),
        (0, 0.0, 0),
        (0.03, None, 2),
        (2.9, None, 2),
        (1.0, None, 1),
    ],
)
def test_warmup_steps_come_before_the_ratio(steps: float, ratio: float | None, warmup: int) -> None:
    found = warmup_steps(steps, ratio, 50)

    assert found == warmup

"""Numbers that the Trainer computes, under the names that it gives them."""

from collections.abc import Mapping
from math import ceil

from app.arithmetic.integers import ceil_div
from app.arithmetic.options import OptionValue
from app.arithmetic.run import Run
from app.frameworks.hf_trainer.plan import TrainerPlan

_INTERVALS = ("logging_steps", "eval_steps", "save_steps")


def planned_numbers(plan: TrainerPlan, *, split_batches: bool) -> dict[str, int | float]:
    """What it plans before it trains.

    Args:
        plan: The plan.
        split_batches: Whether the loader's batches are shared by all ranks, which the total
            batch size does not know.
    """
    batch, size = plan.shape.batch, plan.shape.dataset_size
    total = batch.global_batch_size * (batch.data_parallel_size if split_batches else 1)
    samples = size * plan.epochs_asked_for if plan.is_epoch_based else plan.max_steps * total
    return {
        "max_steps": plan.max_steps,
        "num_train_epochs": plan.num_train_epochs,
        "num_update_steps_per_epoch": plan.num_update_steps_per_epoch,
        "num_examples": size,
        "num_train_samples": samples,
        "total_train_batch_size": total,
        "len_dataloader": plan.len_dataloader,
    }


def state_numbers(plan: TrainerPlan, run: Run) -> dict[str, int | float]:
    """What its state says at the end of the run."""
    last = run.epochs - 1
    micro_steps = ceil_div(run.grid(last).samples, run.shape.batch.row_samples)
    return {"global_step": run.total_steps, "epoch": last + micro_steps / plan.len_dataloader}


def intervals(options: Mapping[str, OptionValue], max_steps: int) -> dict[str, int]:
    """Steps between logs, evaluations and checkpoints; shares of max_steps are rounded up.

    >>> intervals({"logging_steps": 0.33, "eval_steps": 0, "save_steps": 20.0}, 50)
    {'logging_steps': 17, 'eval_steps': 17, 'save_steps': 20}
    """
    found = {name: _number(options[name]) for name in _INTERVALS if options[name] is not None}
    if not found.get("eval_steps", 1):
        found["eval_steps"] = found["logging_steps"]
    return {name: _steps(value, max_steps) for name, value in found.items()}


def warmup_steps(steps: OptionValue, ratio: OptionValue, max_steps: int) -> int:
    """Steps of the warmup.

    >>> warmup_steps(0, 0.03, 50), warmup_steps(7, 0.03, 50), warmup_steps(0.07, None, 100)
    (2, 7, 8)

    Args:
        steps: warmup_steps; in 5.x a share of max_steps below 1.
        ratio: warmup_ratio; None where there is no such argument.
        max_steps: Steps of the run as they are planned.
    """
    given = _number(steps)
    if given or ratio is None:
        return _steps(given, max_steps)
    return ceil(max_steps * _number(ratio))


def _number(value: OptionValue) -> int | float:
    return value if isinstance(value, int | float) else 0


def _steps(value: float, max_steps: int) -> int:
    return int(value) if value >= 1 else ceil(max_steps * value)

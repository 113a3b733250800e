"""A run walked through sample by sample: the oracle of small schedules."""

from app.arithmetic.spec import BudgetUnit, Remainder, TrainingSpec

Steps = list[list[int]]


def walked_epoch(spec: TrainingSpec) -> Steps:
    """Positions of every step of a full epoch."""
    size = spec.batch.global_batch_size
    if spec.steps_per_epoch is not None:
        starts = range(0, spec.steps_per_epoch * size, size)
        return [[start + slot for slot in range(size)] for start in starts]
    steps: Steps = []
    current: list[int] = []
    for position in range(spec.dataset_size):
        current.append(position)
        if len(current) == size:
            steps.append(current)
            current = []
    if not current or spec.remainder is Remainder.DROP:
        return steps
    while spec.remainder is Remainder.PAD and len(current) < size:
        current.append(current[-1] + 1)
    return [*steps, current]


def walked_run(spec: TrainingSpec) -> list[Steps]:
    """Positions of every step of every epoch that the run takes."""
    full = walked_epoch(spec)
    epochs: list[Steps] = []
    while not _is_spent(spec, epochs, len(full)):
        if not epochs or len(epochs[-1]) == len(full):
            epochs.append([])
        epochs[-1].append(full[len(epochs[-1])])
    return epochs


def _is_spent(spec: TrainingSpec, epochs: list[Steps], steps_per_epoch: int) -> bool:
    steps = sum(map(len, epochs))
    samples = sum(len(step) for epoch in epochs for step in epoch)
    budget = spec.budget
    match budget.unit:
        case BudgetUnit.STEPS:
            return steps >= budget.amount
        case BudgetUnit.EPOCHS:
            return steps >= budget.amount * steps_per_epoch
        case BudgetUnit.SAMPLES:
            return samples >= budget.amount
        case BudgetUnit.TOKENS:
            return samples * (budget.tokens_per_sample or 0) >= budget.amount


def walked_micro_steps(step: list[int], spec: TrainingSpec) -> int:
    """Micro-steps of the busiest rank when the samples of a step are dealt out in turn."""
    ranks, micro = spec.batch.data_parallel_size, spec.batch.micro_batch_size
    hands = [len(step[rank::ranks]) for rank in range(ranks)]
    return len(range(0, max(hands), micro))

"""Findings about loaders and schedulers that accelerate has prepared."""

from collections.abc import Iterator

from app.arithmetic.decimals import counted
from app.arithmetic.finding import Finding, Severity
from app.arithmetic.integers import ceil_div
from app.arithmetic.pass_run import PassRun
from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.frameworks import schedule_findings as found
from app.sampling.layout import Layout

_EVEN = "a dataset_size that data_parallel_size x micro_batch_size divides"
_EVEN_BATCHES = "/framework/even_batches"


def sharding_findings(run: Run, *, drop_last: str) -> Iterator[Finding]:
    """What batches that go round the ranks leave out, fill up, or share unequally.

    Args:
        run: The run.
        drop_last: Pointer to the option that leaves out what is not full.
    """
    yield from found.samples_dropped(run, field=drop_last, suggestion=_EVEN)
    yield from found.samples_padded(run, field=_EVEN_BATCHES, suggestion=_EVEN)
    yield from unequal_loaders(run)
    if isinstance(run, PassRun):
        yield from found.short_last_step(run, field=drop_last, suggestion=_EVEN)


def unequal_loaders(run: Run) -> Iterator[Finding]:
    """Ranks whose loaders are of different length."""
    yield from found.unequal_ranks(run, Layout.BLOCKED, field=_EVEN_BATCHES, suggestion=_EVEN)


def scheduler_ahead(run: Run, *, with_optimizer: bool, split_batches: bool) -> Iterator[Finding]:
    """A scheduler that takes other steps than the optimizer.

    Source: accelerate 1.15.0, accelerate/scheduler.py (AcceleratedScheduler.step).

    Args:
        run: The run.
        with_optimizer: Whether the scheduler is stepped with the updates only.
        split_batches: Whether an update counts once, however many ranks there are.
    """
    ranks, steps = run.shape.batch.data_parallel_size, run.total_steps
    if not with_optimizer and run.total_micro_steps != steps:
        yield Finding(
            code="scheduler-steps",
            severity=Severity.WARNING,
            message=f"called in every micro-step, the scheduler takes {run.total_micro_steps} "
            f"steps in {counted(steps, 'update')}",
            field="/framework/step_scheduler_with_optimizer",
            suggestion=f"a schedule of {run.total_micro_steps} steps",
        )
    elif with_optimizer and not split_batches and ranks > 1:
        yield Finding(
            code="scheduler-steps",
            severity=Severity.WARNING,
            message=f"every update steps the scheduler {ranks} times, once for each rank: "
            f"{steps * ranks} steps in {counted(steps, 'update')}; a schedule of {steps} steps is "
            f"over after update {ceil_div(steps, ranks)}",
            field="/framework/split_batches",
            suggestion=f"a schedule of {steps * ranks} steps",
        )


def own_generator(spec: TrainingSpec) -> Iterator[Finding]:
    """An order that takes a generator of the loader's own to be known at all."""
    seed = spec.sampling.seed
    yield Finding(
        code="generator-needed",
        severity=Severity.INFO,
        message="these orders are those of a loader made with generator="
        f"torch.Generator().manual_seed({seed}) and iterated to its end in every epoch; without "
        "a generator of its own they hang on whatever else draws from torch's global one",
        field="/framework/use_seedable_sampler",
        suggestion="use_seedable_sampler true",
    )

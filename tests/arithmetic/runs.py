"""Small runs of every kind, for the laws that all of them keep."""

from fractions import Fraction

from hypothesis import strategies as st

from app.arithmetic.carried_run import CarriedRun, carried_run
from app.arithmetic.epochs import EpochShape
from app.arithmetic.integers import ceil_div
from app.arithmetic.pass_run import PassRun, pass_run
from app.arithmetic.run import Run
from app.arithmetic.spec import Budget, BudgetUnit
from app.arithmetic.stream_run import StreamRun, stream_run
from tests.strategies import geometries

small_geometries = geometries(most=12)


@st.composite
def shapes(draw: st.DrawFn) -> EpochShape:
    """Epochs of some positions, as a loader gives them; the last step may be short."""
    batch, samples = draw(small_geometries), draw(st.integers(1, 20))
    return EpochShape(
        dataset_size=samples,
        batch=batch,
        steps_per_epoch=ceil_div(samples, batch.global_batch_size),
        samples_per_epoch=samples,
    )


@st.composite
def small_budgets(draw: st.DrawFn) -> Budget:
    """At most a few epochs, steps or samples."""
    unit = draw(st.sampled_from([BudgetUnit.EPOCHS, BudgetUnit.STEPS, BudgetUnit.SAMPLES]))
    if unit is BudgetUnit.EPOCHS:
        return Budget(unit=unit, amount=Fraction(draw(st.integers(1, 100)), 20))
    return Budget(unit=unit, amount=Fraction(draw(st.integers(1, 12))))


pass_runs: st.SearchStrategy[PassRun] = st.builds(pass_run, shapes(), small_budgets())
any_carried_runs: st.SearchStrategy[CarriedRun] = st.builds(
    carried_run, shapes(), small_budgets(), flushes=st.booleans()
)
"""Some of them end before their first update."""

carried_runs = any_carried_runs.filter(lambda run: run.total_steps > 0)


@st.composite
def stream_runs(draw: st.DrawFn) -> StreamRun:
    """Streams that end anywhere, cut into epochs that may be shorter than a step."""
    batch, samples = draw(small_geometries), draw(st.integers(1, 40))
    return stream_run(
        batch,
        pass_samples=draw(st.integers(1, 20)),
        stream_samples=samples,
        total_steps=draw(st.integers(1, ceil_div(samples, batch.global_batch_size))),
    )


runs: st.SearchStrategy[Run] = pass_runs | carried_runs | stream_runs()

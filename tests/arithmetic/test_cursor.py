from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.cursor import (
    Cursor,
    Passes,
    cursor_at_epoch,
    cursor_at_samples,
    cursor_at_step,
)
from app.arithmetic.draft import SpecDraft
from app.arithmetic.passes import PassPoint, pass_point
from app.arithmetic.run import Run
from app.arithmetic.settle import settle
from app.arithmetic.spec import SamplingMethod, TrainingSpec
from app.errors import InvalidCursorError
from app.frameworks.native.framework import NativeFramework
from tests.arithmetic.runs import runs
from tests.strategies import methods, small_specs, sparingly, specs

methods_with_passes = st.sampled_from(
    [SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE, SamplingMethod.SHUFFLE_ONCE]
)
NATIVE = NativeFramework()
KEPT = settle(SpecDraft(dataset_size=1_000, global_batch_size=64, steps=40))


def passes_of(spec: TrainingSpec) -> Passes:
    return partial(NATIVE.pass_point, spec, NATIVE.run(spec))


@st.composite
def points(
    draw: st.DrawFn, *, method: st.SearchStrategy[SamplingMethod] = methods
) -> tuple[TrainingSpec, Run, Cursor]:
    spec = draw(specs(method=draw(method)))
    run = NATIVE.run(spec)
    step = draw(st.sampled_from([0, run.total_steps]) | st.integers(0, run.total_steps))
    return spec, run, cursor_at_step(run, passes_of(spec), step)


@given(point=points())
def test_a_point_is_found_again_by_its_samples(point: tuple[TrainingSpec, Run, Cursor]) -> None:
    spec, run, cursor = point

    again = cursor_at_samples(run, passes_of(spec), cursor.consumed_samples)

    assert again == cursor


@sparingly
@given(point=points())
def test_a_point_is_found_again_by_its_epoch(point: tuple[TrainingSpec, Run, Cursor]) -> None:
    spec, run, cursor = point

    again = cursor_at_epoch(run, passes_of(spec), cursor.epoch, cursor.step_in_epoch)

    assert again == cursor


@sparingly
@given(point=points())
def test_the_end_of_an_epoch_is_the_start_of_the_next(
    point: tuple[TrainingSpec, Run, Cursor],
) -> None:
    spec, run, cursor = point
    assume(cursor.epoch > 0)

    end = cursor_at_epoch(run, passes_of(spec), cursor.epoch - 1, run.shape.steps_per_epoch)

    assert end == cursor_at_epoch(run, passes_of(spec), cursor.epoch, 0)
    assert end.step_in_epoch == 0


@sparingly
@given(point=points())
def test_what_is_done_and_what_is_left_are_the_whole_run(
    point: tuple[TrainingSpec, Run, Cursor],
) -> None:
    _, run, cursor = point

    assert cursor.step + cursor.remaining_steps == run.total_steps
    assert cursor.consumed_samples + cursor.remaining_samples == run.total_samples
    assert cursor.done is (cursor.remaining_samples == 0)


@given(point=points(method=methods_with_passes))
def test_a_point_stands_in_the_pass_of_its_next_sample(
    point: tuple[TrainingSpec, Run, Cursor],
) -> None:
    spec, run, cursor = point
    position = run.shape.step_positions(cursor.step_in_epoch).start

    expected = pass_point(spec, run.shape, cursor.epoch, position)

    assert (cursor.pass_number, cursor.pass_position) == (expected.number, expected.position)


@pytest.mark.parametrize("method", ["random_sample", "with_replacement"])
def test_samples_that_are_drawn_stand_in_no_pass(method: str) -> None:
    sampling = replace(KEPT.sampling, method=SamplingMethod(method))
    spec = replace(KEPT, sampling=sampling, steps_per_epoch=3, remainder=None)

    cursor = cursor_at_step(NATIVE.run(spec), passes_of(spec), 4)

    assert (cursor.pass_number, cursor.pass_position) == (None, None)


def test_a_run_that_ends_with_an_epoch_stands_before_an_epoch_it_does_not_have() -> None:
    spec = settle(SpecDraft(dataset_size=1_000, global_batch_size=64, epochs=Fraction(2)))

    cursor = cursor_at_step(NATIVE.run(spec), passes_of(spec), 32)

    assert cursor.done
    assert (cursor.epoch, cursor.step_in_epoch, cursor.consumed_samples) == (2, 0, 2_000)


@given(spec=small_specs(), data=st.data())
def test_samples_between_two_steps_are_refused_with_the_boundaries_on_both_sides(
    spec: TrainingSpec, data: st.DataObject
) -> None:
    run = NATIVE.run(spec)
    boundaries = [run.consumed_samples(step) for step in range(run.total_steps + 1)]
    between = sorted(set(range(run.total_samples)) - set(boundaries))
    assume(between)
    samples = data.draw(st.sampled_from(between))

    with pytest.raises(InvalidCursorError) as refusal:
        cursor_at_samples(run, passes_of(spec), samples)

    (fault,) = refusal.value.faults
    before, after = (int(number) for number in fault.nearest)
    assert before < samples < after
    assert boundaries.index(after) == boundaries.index(before) + 1


def test_samples_within_the_short_step_of_an_epoch_name_its_ends() -> None:
    with pytest.raises(InvalidCursorError) as refusal:
        cursor_at_samples(NATIVE.run(KEPT), passes_of(KEPT), 999)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer) == ("between-steps", "/consumed_samples")
    assert fault.nearest == (960, 1_000)
    assert "step 15 ends after 960 and step 16 after 1000" in fault.detail


@pytest.mark.parametrize(("step", "nearest"), [(-1, 0), (41, 40), (2**70, 40)])
def test_a_step_outside_the_run_is_refused_with_the_nearest_one(step: int, nearest: int) -> None:
    with pytest.raises(InvalidCursorError) as refusal:
        cursor_at_step(NATIVE.run(KEPT), passes_of(KEPT), step)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer, fault.nearest) == ("outside-the-run", "/step", (nearest,))


@pytest.mark.parametrize(("samples", "nearest"), [(-1, 0), (2_513, 2_512)])
def test_samples_outside_the_run_are_refused_with_the_nearest_number(
    samples: int, nearest: int
) -> None:
    with pytest.raises(InvalidCursorError) as refusal:
        cursor_at_samples(NATIVE.run(KEPT), passes_of(KEPT), samples)

    (fault,) = refusal.value.faults
    assert fault.pointer == "/consumed_samples"
    assert fault.nearest == (nearest,)


@pytest.mark.parametrize(
    ("epoch", "step_in_epoch", "nearest"),
    [
        (-1, 0, {"/epoch": (0,)}),
        (3, 0, {"/epoch": (2,)}),
        (0, 17, {"/step_in_epoch": (16,)}),
        (0, -1, {"/step_in_epoch": (0,)}),
        (2, 9, {"/step_in_epoch": (8,)}),
        (3, 17, {"/epoch": (2,), "/step_in_epoch": (16,)}),
    ],
)
def test_every_part_of_an_epoch_and_step_outside_the_run_is_refused(
    epoch: int, step_in_epoch: int, nearest: dict[str, tuple[int, ...]]
) -> None:
    with pytest.raises(InvalidCursorError) as refusal:
        cursor_at_epoch(NATIVE.run(KEPT), passes_of(KEPT), epoch, step_in_epoch)

    assert {fault.pointer: fault.nearest for fault in refusal.value.faults} == nearest


def nowhere(epoch: int, position: int) -> PassPoint | None:
    """The passes of a run that makes none, as far as it is asked about its own positions."""
    assert epoch >= 0
    assert position >= 0
    return None


@given(run=runs, data=st.data())
def test_a_point_of_any_run_is_found_again_by_its_samples_and_by_its_epoch(
    run: Run, data: st.DataObject
) -> None:
    cursor = cursor_at_step(run, nowhere, data.draw(st.integers(0, run.total_steps)))

    by_samples = cursor_at_samples(run, nowhere, cursor.consumed_samples)
    by_epoch = cursor_at_epoch(run, nowhere, cursor.epoch, cursor.step_in_epoch)

    assert by_samples == by_epoch == cursor
    assert (cursor.pass_number, cursor.pass_position) == (None, None)


@given(run=runs, data=st.data())
def test_the_completed_steps_of_an_epoch_lead_to_the_start_of_the_next(
    run: Run, data: st.DataObject
) -> None:
    epoch = data.draw(st.integers(0, run.epoch_at(run.total_steps)[0]))
    assume(epoch > 0)

    end = cursor_at_epoch(run, nowhere, epoch - 1, run.completed_in(epoch - 1))

    assert end.step == run.first_step(epoch)
    assert end == cursor_at_epoch(run, nowhere, epoch, 0)


def corrected(run: Run, epoch: int, step_in_epoch: int) -> tuple[int, int]:
    """The point that a refusal names as the nearest one; the same where there is no refusal."""
    try:
        cursor_at_epoch(run, nowhere, epoch, step_in_epoch)
    except InvalidCursorError as refusal:
        nearest = {fault.pointer: int(fault.nearest[0]) for fault in refusal.faults}
        return nearest.get("/epoch", epoch), nearest.get("/step_in_epoch", step_in_epoch)
    return epoch, step_in_epoch


@given(run=runs, epoch=st.integers(-2, 9), step_in_epoch=st.integers(-2, 9))
def test_whoever_follows_the_nearest_numbers_twice_stands_at_a_point_of_the_run(
    run: Run, epoch: int, step_in_epoch: int
) -> None:
    once = corrected(run, epoch, step_in_epoch)
    twice = corrected(run, *once)

    cursor = cursor_at_epoch(run, nowhere, *twice)

    assert cursor.step == run.first_step(twice[0]) + twice[1]

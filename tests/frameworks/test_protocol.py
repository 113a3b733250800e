from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import Options
from app.arithmetic.passes import PassPoint
from app.arithmetic.settle import settle
from app.arithmetic.spec import (
    BudgetUnit,
    FrameworkChoice,
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)
from app.sampling.layout import Layout
from tests.frameworks.smallest import OptionalFramework, SmallestFramework
from tests.strategies import small_specs, sparingly

SMALLEST, OPTIONAL = SmallestFramework(), OptionalFramework()
DRAFT = SpecDraft(dataset_size=7, global_batch_size=3, epochs=Fraction(2))
SPEC = settle(DRAFT)


def choosing(**options: Any) -> FrameworkChoice:
    return FrameworkChoice(name="smallest", options=Options.of(options))


def test_a_framework_that_says_nothing_else_refuses_nothing() -> None:
    assert [*SMALLEST.draft_faults(DRAFT), *SMALLEST.spec_faults(SPEC)] == []
    assert SMALLEST.budget_units == tuple(BudgetUnit)
    assert SMALLEST.completed(DRAFT) == DRAFT


def test_a_framework_that_says_nothing_else_has_nothing_of_its_own() -> None:
    run = SMALLEST.run(SPEC)

    assert (SMALLEST.options, SMALLEST.numbers(SPEC, run)) == ((), {})
    assert SMALLEST.layout(SPEC) is Layout.STRIDED
    assert SMALLEST.table_work(SPEC, 1) == 0
    assert SMALLEST.has_blanks(SPEC) is False
    assert SMALLEST.promise.limits == {}


@pytest.mark.parametrize(
    ("given_options", "values"),
    [({}, (True, None)), ({"drop_last": False}, (False, None)), ({"workers": 2}, (True, 2))],
)
def test_an_option_has_its_default_where_it_is_not_given(
    given_options: dict[str, Any], values: tuple[object, ...]
) -> None:
    choice = choosing(**given_options)

    for asked in (replace(SPEC, framework=choice), replace(DRAFT, framework=choice)):
        assert (OPTIONAL.option(asked, "drop_last"), OPTIONAL.option(asked, "workers")) == values


def test_an_option_that_there_is_none_of_is_a_mistake_of_the_framework() -> None:
    with pytest.raises(KeyError):
        OPTIONAL.option(SPEC, "drop_lsat")


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        ([], True),
        (["workers"], True),
        (["workers", "drop_last"], True),
        (["worker"], False),
        (["workers", "worker"], False),
    ],
)
def test_a_framework_takes_the_options_that_it_has(names: list[str], taken: bool) -> None:
    assert OPTIONAL.takes(names) is taken


@pytest.mark.parametrize(
    ("method", "steps_per_epoch", "kind"),
    [
        (SamplingMethod.SHUFFLE, None, "pass"),
        (SamplingMethod.SHUFFLE, 2, "virtual"),
        (SamplingMethod.WITH_REPLACEMENT, None, "draws"),
        (SamplingMethod.WITH_REPLACEMENT, 2, "draws"),
    ],
)
def test_an_epoch_is_a_pass_unless_it_is_virtual_or_draws(
    method: SamplingMethod, steps_per_epoch: int | None, kind: str
) -> None:
    spec = replace(SPEC, steps_per_epoch=steps_per_epoch, sampling=Sampling(method=method))

    assert SMALLEST.epoch_kind(spec) == kind


@sparingly
@given(epoch=st.integers(0, 5), position=st.integers(0, 20))
def test_a_position_stands_in_the_pass_of_its_epoch(epoch: int, position: int) -> None:
    point = SMALLEST.pass_point(SPEC, SMALLEST.run(SPEC), epoch, position)

    assert point == PassPoint(epoch, [*range(7)][position % 7])


@pytest.mark.parametrize(
    ("method", "steps_per_epoch"),
    [(SamplingMethod.WITH_REPLACEMENT, None), (SamplingMethod.SHUFFLE, 2)],
)
def test_a_position_of_draws_or_of_a_virtual_epoch_stands_in_no_pass(
    method: SamplingMethod, steps_per_epoch: int | None
) -> None:
    spec = replace(SPEC, steps_per_epoch=steps_per_epoch, sampling=Sampling(method=method))

    assert SMALLEST.pass_point(spec, SMALLEST.run(spec), 1, 2) is None


@pytest.mark.parametrize(
    ("remainder", "padding"),
    [(Remainder.PAD, {7, 8}), (Remainder.KEEP, set()), (Remainder.DROP, set())],
)
@pytest.mark.parametrize("repeated", [True, False])
def test_what_fills_up_an_epoch_stands_behind_the_dataset(
    remainder: Remainder, padding: set[int], repeated: bool
) -> None:
    spec = replace(SPEC, remainder=remainder)
    run = SMALLEST.run(spec)

    found = {
        position
        for position in range(run.shape.samples_per_epoch)
        if SMALLEST.is_padding(spec, run, position, repeated=repeated)
    }

    assert found == padding


@given(one=small_specs(), data=st.data())
def test_runs_of_different_lengths_are_one_sequence_and_anything_else_is_another(
    one: TrainingSpec, data: st.DataObject
) -> None:
    other = replace(one, budget=data.draw(small_specs()).budget)
    changed = data.draw(
        st.sampled_from(
            [
                replace(one, dataset_size=one.dataset_size + 1),
                replace(one, sampling=replace(one.sampling, seed=one.sampling.seed ^ 1)),
                replace(one, framework=choosing(workers=1)),
                replace(one, framework=choosing(workers=1.0)),
            ]
        )
    )

    keys = [SMALLEST.sequence_key(each, SMALLEST.run(each)) for each in (one, other, changed)]

    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_options_that_are_equal_but_of_another_kind_are_another_sequence() -> None:
    specs = [replace(SPEC, framework=choosing(limit=limit)) for limit in (1, 1.0, True)]

    keys = {SMALLEST.sequence_key(spec, SMALLEST.run(spec)) for spec in specs}

    assert len(keys) == 3

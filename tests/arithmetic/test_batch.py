from itertools import chain
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.batch import solve_batch
from app.arithmetic.spec import BatchGeometry
from app.errors import Fault, InvalidSpecError
from tests.strategies import (
    BATCH_FIELDS,
    INT64_MAX,
    geometries,
    sizes,
    sparingly,
    sufficient_fields,
)

small = st.integers(1, 12)


def chosen(batch: BatchGeometry, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in names}


def fault_of(**given_fields: int) -> Fault:
    with pytest.raises(InvalidSpecError) as refusal:
        solve_batch(**given_fields)
    (fault,) = refusal.value.faults
    return fault


def is_legal(**given_fields: int) -> bool:
    try:
        solve_batch(**given_fields)
    except InvalidSpecError:
        return False
    return True


@given(data=st.data(), batch=geometries())
def test_every_sufficient_choice_of_sizes_gives_the_same_geometry(
    data: st.DataObject, batch: BatchGeometry
) -> None:
    names = data.draw(st.sampled_from([*sufficient_fields(batch)]))

    solved = solve_batch(**chosen(batch, names))

    assert solved == batch


@given(given_fields=st.dictionaries(st.sampled_from(BATCH_FIELDS), sizes))
def test_a_geometry_keeps_what_was_given_and_its_product_comes_out(
    given_fields: dict[str, int],
) -> None:
    try:
        batch = solve_batch(**given_fields)
    except InvalidSpecError:
        return

    factors = batch.micro_batch_size * batch.gradient_accumulation_steps * batch.data_parallel_size
    assert given_fields.items() <= chosen(batch, BATCH_FIELDS).items()
    assert 1 <= batch.global_batch_size == factors <= INT64_MAX


@sparingly
@given(given_fields=st.dictionaries(st.sampled_from(BATCH_FIELDS), small))
def test_a_refused_batch_offers_exactly_the_nearest_legal_values(
    given_fields: dict[str, int],
) -> None:
    assume("global_batch_size" in given_fields and not is_legal(**given_fields))
    nearest = fault_of(**given_fields).nearest
    total = given_fields.pop("global_batch_size")

    legal = [size for size in range(1, 2_000) if is_legal(global_batch_size=size, **given_fields)]

    sides = ([n for n in legal if n < total][-1:], [n for n in legal if n > total][:1])
    assert [*nearest] == [*chain(*sides)]


@pytest.mark.parametrize(
    "names", [(), ("gradient_accumulation_steps",), ("data_parallel_size",), BATCH_FIELDS[2:]]
)
def test_factors_alone_are_no_batch(names: tuple[str, ...]) -> None:
    fault = fault_of(**dict.fromkeys(names, 2))

    assert (fault.code, fault.pointer) == ("batch-missing", "/global_batch_size")


def test_a_batch_that_does_not_divide_names_its_numbers() -> None:
    fault = fault_of(global_batch_size=512, micro_batch_size=4, data_parallel_size=3)

    assert fault.code == "batch-does-not-divide"
    assert "512" in fault.detail
    assert "12" in fault.detail
    assert "gradient_accumulation_steps cannot be a whole number" in fault.detail
    assert fault.nearest == (504, 516)


def test_ranks_are_solved_when_everything_else_is_given() -> None:
    batch = solve_batch(global_batch_size=64, micro_batch_size=4, gradient_accumulation_steps=2)

    assert batch.data_parallel_size == 8


def test_ranks_that_are_not_given_are_one_before_accumulation_is_solved() -> None:
    batch = solve_batch(global_batch_size=64, micro_batch_size=4)

    assert (batch.gradient_accumulation_steps, batch.data_parallel_size) == (16, 1)


def test_four_sizes_that_contradict_each_other_name_the_product() -> None:
    fault = fault_of(**dict(zip(BATCH_FIELDS, (65, 4, 2, 8), strict=True)))

    assert fault.code == "batch-product-mismatch"
    assert fault.given == 65
    assert fault.nearest == (64,)


def test_a_product_above_the_largest_integer_is_no_legal_value() -> None:
    fault = fault_of(**dict(zip(BATCH_FIELDS, (5, 2**40, 2**20, 2**20), strict=True)))

    assert fault.nearest == ()


@given(others=sizes, excess=sizes)
def test_a_batch_that_is_too_large_offers_the_largest_micro_batch(others: int, excess: int) -> None:
    largest = INT64_MAX // others

    fault = fault_of(micro_batch_size=largest + excess, data_parallel_size=others)

    assert fault.code == "batch-too-large"
    assert fault.nearest == (largest,)
    assert is_legal(micro_batch_size=largest, data_parallel_size=others)
    assert not is_legal(micro_batch_size=largest + 1, data_parallel_size=others)


def test_no_micro_batch_is_small_enough_for_too_many_micro_steps_and_ranks() -> None:
    fault = fault_of(
        micro_batch_size=1, gradient_accumulation_steps=2**32, data_parallel_size=2**31
    )

    assert fault.nearest == ()

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.spec_schema import TrainingSpecIn
from app.api.specs import read_spec
from app.arithmetic.integers import INT64_MAX, UINT64_MAX
from app.errors import Fault

# the reader of JSON lets no others through
finite_decimals = st.decimals(allow_nan=False, allow_infinity=False)

names = st.text(max_size=5) | st.sampled_from([*TrainingSpecIn.model_fields, "method", "seed"])


def only_fault(**fields: object) -> Fault:
    _, (fault,) = read_spec({"dataset_size": 9, **fields})
    return fault


def test_a_missing_field_says_what_it_may_be() -> None:
    _, (fault,) = read_spec({})

    assert (fault.code, fault.pointer, fault.given) == ("field-missing", "/dataset_size", None)
    assert str(INT64_MAX) in fault.allowed


@pytest.mark.parametrize(
    ("fields", "pointer", "nearest"),
    [
        ({"dataset_sise": 1}, "/dataset_sise", ("dataset_size",)),
        ({"Epochs": 1}, "/Epochs", ("epochs",)),
        ({"sampling": {"sead": 1}}, "/sampling/sead", ("seed",)),
        ({"framework": {"name": "native", "versoin": "1"}}, "/framework/versoin", ("version",)),
        ({"zzz": 1}, "/zzz", ()),
        ({"a/b~c": 1}, "/a~1b~0c", ()),
        ({"": 1}, "/", ()),
        ({"dataset_size" * 99: 1}, "/" + "dataset_size" * 99, ()),
    ],
)
def test_an_unknown_field_is_named_with_the_one_it_looks_like(
    fields: dict[str, object], pointer: str, nearest: tuple[str, ...]
) -> None:
    fault = only_fault(**fields)

    assert (fault.code, fault.pointer, fault.nearest) == ("unknown-field", pointer, nearest)
    assert "one of " in fault.allowed


@pytest.mark.parametrize(
    ("fields", "pointer", "nearest"),
    [
        ({"steps": 0}, "/steps", (1,)),
        ({"steps": -(10**30)}, "/steps", (1,)),
        ({"steps": 2**63}, "/steps", (INT64_MAX,)),
        ({"steps": Decimal("2.5")}, "/steps", (2, 3)),
        ({"steps": Decimal("1E+40")}, "/steps", (INT64_MAX,)),
        ({"steps": Decimal("1E+4000")}, "/steps", ()),
        ({"steps": Decimal("0.2")}, "/steps", (1,)),
        ({"steps": "12"}, "/steps", (12,)),
        ({"steps": "0"}, "/steps", (1,)),
        ({"steps": "012"}, "/steps", ()),
        ({"steps": "many"}, "/steps", ()),
        ({"steps": True}, "/steps", ()),
        ({"steps": [3]}, "/steps", ()),
        ({"sampling": {"seed": -1}}, "/sampling/seed", (0,)),
        ({"sampling": {"seed": 2**64}}, "/sampling/seed", (UINT64_MAX,)),
        ({"sampling": {"method": "shufle"}}, "/sampling/method", ("shuffle",)),
        ({"sampling": {"method": 3}}, "/sampling/method", ()),
        ({"sampling": {"method": "shuffle" * 20}}, "/sampling/method", ()),
        ({"sampling": None}, "/sampling", ()),
        ({"sampling": 3}, "/sampling", ()),
        ({"remainder": "Keep"}, "/remainder", ("keep",)),
        ({"remainder": 1}, "/remainder", ()),
        ({"epochs": 0}, "/epochs", ()),
        ({"epochs": "1e3"}, "/epochs", ()),
        ({"framework": 3}, "/framework", ()),
        ({"framework": None}, "/framework", ()),
        ({"framework": {"version": "1"}}, "/framework/name", ()),
        ({"framework": {"name": 3}}, "/framework/name", ()),
        ({"framework": {"name": "native", "version": 1}}, "/framework/version", ()),
    ],
)
def test_a_value_of_no_legal_form_is_named_with_the_nearest_that_has(
    fields: dict[str, object], pointer: str, nearest: tuple[object, ...]
) -> None:
    fault = only_fault(**fields)

    assert (fault.pointer, fault.nearest) == (pointer, nearest)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"remainder": 1}, "one of keep, drop, pad"),
        ({"sampling": {"method": 1}}, "one of sequential, shuffle, shuffle_once"),
        ({"sampling": {"seed": "x"}}, f"an integer in [0, {UINT64_MAX}]"),
        ({"steps": "x"}, f"an integer in [1, {INT64_MAX}]"),
        ({"sampling": 1}, "an object with method and seed"),
        ({"framework": 1}, "the name of a framework, or an object"),
        ({"epochs": "x"}, 'a text such as "2.5"'),
    ],
)
def test_what_is_allowed_is_said_in_words(fields: dict[str, object], words: str) -> None:
    assert words in only_fault(**fields).allowed


@given(number=st.integers() | finite_decimals)
def test_every_nearest_value_is_legal(number: int | Decimal) -> None:
    _, faults = read_spec({"dataset_size": number})

    for fault in faults:
        for value in fault.nearest:
            _, again = read_spec({"dataset_size": value})
            assert again == []


@given(
    fields=st.dictionaries(
        names,
        st.recursive(
            st.none() | st.booleans() | st.integers() | finite_decimals | st.text(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
            max_leaves=3,
        ),
        max_size=4,
    )
)
def test_whatever_the_fields_are_every_fault_points_at_one_of_them(
    fields: dict[str, object],
) -> None:
    _, faults = read_spec(fields)

    known = {*fields, "dataset_size"}
    for fault in faults:
        name = fault.pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
        assert name in known


def test_only_the_first_unknown_fields_are_compared_with_known_ones() -> None:
    _, faults = read_spec({f"epoch{number}": 1 for number in range(1_000)})

    unknown = [fault for fault in faults if fault.code == "unknown-field"]
    assert [fault.nearest for fault in unknown[:2]] == [("epochs",), ("epochs",)]
    assert len(unknown) == 1_000
    assert unknown[-1].nearest == ()

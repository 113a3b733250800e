from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arithmetic.options import Options, frozen_value
from app.frameworks.number_options import AmountList
from app.frameworks.option import Flag, Option, Whole
from app.frameworks.option_group import OptionGroup, filled_options, read_options

INNER = (
    Flag(name="enabled", default=False, description=""),
    Whole(name="max_size", default=8, description="", optional=True, lowest=1, highest=9),
)
GROUP = OptionGroup(name="elastic", default=None, description="", optional=True, members=INNER)
BOUND = OptionGroup(name="bound", default=Options(), description="", members=INNER)
KNOWN: tuple[Option, ...] = (*INNER, GROUP)

legal_inner = st.fixed_dictionaries(
    {}, optional={"enabled": st.booleans(), "max_size": st.none() | st.integers(1, 9)}
)
legal_options = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans(),
        "max_size": st.none() | st.integers(1, 9),
        "elastic": st.none() | legal_inner,
    },
)


def faults_of(given_options: dict[str, Any]) -> dict[str, tuple[object, ...]]:
    _, faults = read_options(KNOWN, given_options, "/framework")
    return {fault.pointer: (fault.code, *fault.nearest) for fault in faults}


@given(options=legal_options)
def test_options_that_differ_from_their_defaults_are_kept(options: dict[str, Any]) -> None:
    read, faults = read_options(KNOWN, options, "/framework")

    defaults = {"enabled": False, "max_size": 8, "elastic": None}
    different = {name: value for name, value in options.items() if value != defaults[name]}
    assert faults == []
    assert read == frozen_value(different)


def test_lists_of_integers_and_of_doubles_are_one_option() -> None:
    blend = AmountList(name="blend", default=None, description="", highest=9.0)

    integers, doubles = (
        read_options((blend,), {"blend": given_list}, "")[0] for given_list in ([1, 2], [1.0, 2.0])
    )

    assert repr(integers) == repr(doubles)


@given(options=legal_options)
def test_filled_options_are_read_as_those_that_they_were_filled_from(
    options: dict[str, Any],
) -> None:
    read, _ = read_options(KNOWN, options, "/framework")

    filled = filled_options(KNOWN, read)

    assert [*filled] == [option.name for option in KNOWN]
    assert {name: filled[name] for name in options} == options
    assert read_options(KNOWN, filled, "/framework") == (read, [])


def test_every_fault_is_named_at_once_however_deep_it_lies() -> None:
    found = faults_of(
        {"enabled": 1, "max_sise": 1, "elastic": {"max_size": 0, "enabeld": True, "no": 1}}
    )

    assert found == {
        "/framework/enabled": ("illegal-value",),
        "/framework/max_sise": ("unknown-field", "max_size"),
        "/framework/elastic/max_size": ("illegal-value", 1),
        "/framework/elastic/enabeld": ("unknown-field", "enabled"),
        "/framework/elastic/no": ("unknown-field",),
    }


@pytest.mark.parametrize("value", [1, True, "enabled", [], [{"enabled": True}]])
def test_a_group_is_an_object(value: object) -> None:
    found = faults_of({"elastic": value})

    assert found == {"/framework/elastic": ("illegal-value",)}


def test_a_group_that_is_not_optional_is_never_null() -> None:
    faults = BOUND.faults(None, "/framework/bound")

    assert [fault.allowed for fault in faults] == ["an object with enabled, max_size"]


@pytest.mark.parametrize("name", ["a/b", "m~n"])
def test_names_are_escaped_in_pointers(name: str) -> None:
    (pointer,) = faults_of({name: 1})

    assert pointer.removeprefix("/framework/").replace("~1", "/").replace("~0", "~") == name


def test_a_name_too_long_to_be_compared_has_no_neighbour() -> None:
    found = faults_of({"enabled" * 10: True})

    assert [*found.values()] == [("unknown-field",)]


def test_only_so_many_unknown_names_are_compared_with_the_known_ones() -> None:
    _, faults = read_options(KNOWN, {f"enabled{n}": True for n in range(100)}, "/framework")

    guesses = [fault.nearest for fault in faults]
    assert len(guesses) == 100
    assert guesses[0] == ("enabled",)
    assert guesses[-1] == ()


def test_names_that_are_read_elsewhere_are_named_beside_the_options() -> None:
    _, (fault,) = read_options((), {"versoin": "1"}, "/framework", beside=("name", "version"))

    assert (fault.allowed, fault.nearest) == ("one of name, version", ("version",))


def test_a_framework_without_options_says_so() -> None:
    _, (fault,) = read_options((), {"drop_last": True}, "/framework")

    assert (fault.allowed, fault.nearest) == ("no option at all", ())


@pytest.mark.parametrize(("value", "kept"), [(1, True), (0, True), (False, False)])
def test_a_default_is_compared_with_its_type(value: object, kept: bool) -> None:
    class Anything(Flag):
        def accepts(self, value: object) -> bool:
            del value
            return True

    option = Anything(name="it", default=False, description="")

    read, _ = read_options([option], {"it": value}, "/framework")

    assert bool(read.entries) is kept


def test_the_schema_of_a_group_holds_those_of_its_members() -> None:
    assert GROUP.full_schema == {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "enabled": {"type": "boolean"},
                    "max_size": {
                        "anyOf": [
                            {"type": "integer", "minimum": 1, "maximum": 9},
                            {"type": "null"},
                        ]
                    },
                },
                "additionalProperties": False,
            },
            {"type": "null"},
        ]
    }

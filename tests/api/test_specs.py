import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.specs import query_fields, read_query_spec, read_spec
from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle
from app.arithmetic.spec import FrameworkChoice, Sampling, SamplingMethod
from app.errors import Fault
from app.web.queries import QueryReader
from tests.api.calling import body_of, query_of
from tests.frameworks.choices import choosing
from tests.strategies import specs, writings
from tests.web.asking import request_to


def asked(query: str) -> tuple[SpecDraft, list[Fault]]:
    return read_query_spec(QueryReader(request_to(query=query), query_fields()))


def named(faults: list[Fault]) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in faults}


@settings(max_examples=60)
@given(data=st.data())
def test_a_draft_survives_being_sent_as_json(data: st.DataObject) -> None:
    draft = data.draw(writings(data.draw(specs())))

    read, faults = read_spec(body_of(draft))

    assert (read, faults) == (draft, [])


@settings(max_examples=60)
@given(data=st.data())
def test_a_draft_survives_being_sent_as_a_query(data: st.DataObject) -> None:
    spec = data.draw(specs())

    read, faults = asked(query_of(body_of(data.draw(writings(spec)))))

    assert faults == []
    assert settle(read) == spec


@pytest.mark.parametrize(
    "fields",
    [
        {"dataset_size": 0, "epochs": "x", "sampling": {"seed": -1, "method": "no"}},
        {"dataset_size": True, "global_batch_size": None, "seed": 3},
        {"framework": {"name": 7}, "dataset_size": 2**63, "steps": 1.5},
    ],
)
def test_a_field_of_no_legal_form_is_left_out_and_named(fields: Mapping[str, object]) -> None:
    draft, faults = read_spec(fields)

    broken = {fault.pointer.split("/")[1] for fault in faults}
    assert draft.malformed == broken
    assert all(getattr(draft, name, None) in {None, *defaults()} for name in broken)


def defaults() -> set[object]:
    return {SpecDraft().sampling, SpecDraft().framework}


def test_what_is_legal_is_read_beside_what_is_not() -> None:
    draft, _ = read_spec({"dataset_size": -1, "steps": 7, "sampling": {"seed": 9}})

    assert (draft.steps, draft.sampling) == (7, Sampling(seed=9))


def test_one_broken_member_is_the_fault_of_the_whole_object() -> None:
    draft, faults = read_spec({"dataset_size": 1, "sampling": {"seed": 9, "method": "none"}})

    assert (draft.sampling, {*draft.malformed}) == (Sampling(), {"sampling"})
    assert named(faults) == {"/sampling/method": "illegal-value"}


def test_dots_nest_and_the_default_framework_may_be_pinned_alone() -> None:
    draft, faults = asked("dataset_size=9&framework.version=1&sampling.method=sequential")

    assert faults == []
    assert draft.framework == FrameworkChoice(name="native", version="1")
    assert draft.sampling.method is SamplingMethod.SEQUENTIAL


@pytest.mark.parametrize(
    "written", ["+10", "010", "1_0", "10.0", " 10", "1e1", "0x10", "%D9%A3", ""]
)
def test_integers_of_a_query_are_plain_digits(written: str) -> None:
    draft, faults = asked(f"dataset_size={written}")

    assert draft.dataset_size is None
    assert named(faults) == {"/dataset_size": "illegal-value"}


@pytest.mark.parametrize("written", ["2.5", "2.50", "02.5", "2", "1e1"])
def test_epochs_of_a_query_are_read_as_the_text_in_json(written: str) -> None:
    from_query, _ = asked(f"dataset_size=9&epochs={written}")
    from_json, _ = read_spec({"dataset_size": 9, "epochs": written})

    assert from_query == from_json


@pytest.mark.parametrize("name", query_fields())
def test_a_repeated_parameter_counts_as_given_but_unreadable(name: str) -> None:
    draft, faults = asked(f"{name}=1&{name}=1")

    repeated = [fault for fault in faults if fault.code == "repeated-parameter"]
    assert len(repeated) == 1
    assert name.split(".", maxsplit=1)[0] in draft.malformed


SOME_OPTIONS: list[dict[str, object]] = [
    {"drop_last": True},
    {"sampler": "RandomSampler", "num_samples": 7},
    {"num_samples": None, "accumulation": "carry"},
]


@pytest.mark.parametrize("options", SOME_OPTIONS)
def test_options_stand_beside_the_name_of_their_framework(options: dict[str, object]) -> None:
    draft, faults = read_spec({"dataset_size": 9, "framework": {"name": "pytorch", **options}})

    assert faults == []
    assert draft.framework == choosing("pytorch", **options)


@pytest.mark.parametrize("options", SOME_OPTIONS)
def test_options_of_a_query_are_the_same_as_those_of_json(options: dict[str, object]) -> None:
    written = {f"framework.{name}": json.dumps(value) for name, value in options.items()}
    from_query, faults = asked(f"dataset_size=9&framework=pytorch&{urlencode(written)}")

    from_json, _ = read_spec({"dataset_size": 9, "framework": {"name": "pytorch", **options}})

    assert (from_query, faults) == (from_json, [])


def test_words_of_options_need_no_quotes_in_a_query() -> None:
    draft, faults = asked("dataset_size=9&framework=pytorch&framework.sampler=RandomSampler")

    assert faults == []
    assert draft.framework == choosing("pytorch", sampler="RandomSampler")


@pytest.mark.parametrize(("written", "value"), [("1.0", 1.0), ("1", 1), ("0.25", 0.25)])
def test_a_number_of_a_query_with_a_point_is_a_double(written: str, value: float) -> None:
    draft, faults = asked(
        f"dataset_size=9&framework=lightning&framework.val_check_interval={written}"
    )

    assert faults == []
    assert repr(draft.framework) == repr(choosing("lightning", val_check_interval=value))


NO_NUMBERS = {
    **{written: written for written in ("true", "1.5", "0", "seven", "[7", "NaN", "1e400", "[]")},
    "a key twice": '{"a":1,"a":2}',
    "endless digits": "9" * 5_000,
    "open brackets": "[" * 600,
    "deep lists": "[" * 900 + "]" * 900,
    "deep objects": '{"a":' * 600 + "1" + "}" * 600,
}


@pytest.mark.parametrize("written", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_an_option_of_a_query_cannot_be_is_a_fault_of_that_option(written: str) -> None:
    query = urlencode({"framework": "pytorch", "framework.num_samples": written})

    draft, faults = asked(f"dataset_size=9&{query}")

    assert named(faults) == {"/framework/num_samples": "illegal-value"}
    assert draft.framework == choosing("pytorch")


def test_faults_of_options_come_with_those_of_other_fields() -> None:
    draft, faults = read_spec(
        {"dataset_size": 0, "framework": {"name": "pytorch", "drop_last": 1, "dorp": 2}}
    )

    assert named(faults) == {
        "/dataset_size": "illegal-value",
        "/framework/drop_last": "illegal-value",
        "/framework/dorp": "unknown-field",
    }
    assert draft.malformed == {"dataset_size"}


def test_an_option_of_another_framework_is_unknown_to_this_one() -> None:
    _, faults = asked("dataset_size=9&framework.sampler=RandomSampler")

    assert named(faults) == {"/framework/sampler": "unknown-field"}


@pytest.mark.parametrize("version", ["", "&framework.version=1"])
def test_options_of_an_unknown_framework_are_not_looked_at(version: str) -> None:
    draft, faults = asked(f"dataset_size=9&framework=abacus&framework.sampler=1{version}")

    assert faults == []
    assert draft.framework.name == "abacus"


def test_faults_of_names_and_of_values_come_together() -> None:
    _, faults = asked("dataset_sise=10&dataset_size=0&sampling.sed=3&steps=1&steps=2&epochs=nan")

    assert named(faults) == {
        "/dataset_sise": "unknown-parameter",
        "/sampling/sed": "unknown-parameter",
        "/steps": "repeated-parameter",
        "/dataset_size": "illegal-value",
        "/epochs": "illegal-value",
    }

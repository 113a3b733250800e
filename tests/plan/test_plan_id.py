from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.arithmetic.settle import settle
from app.arithmetic.spec import FrameworkChoice, TrainingSpec
from app.errors import UnknownPlanError
from app.plan.plan_id import MAX_CHARACTERS, decode_plan_id, encode_plan_id
from app.plan.spec_fields import draft_of
from tests.frameworks.choices import EVERY_CHOICE, choosing, plan_with
from tests.plan.tokens import PREFIX, RECORDED, refusal_code
from tests.strategies import sparingly, specs, writings

PLAN_ID: str = RECORDED["every factor"]["plan_id"]
CONTENT = PLAN_ID.removeprefix(PREFIX)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_plan_id_never_changes(name: str) -> None:
    spec = settle(draft_of(RECORDED[name]["spec"]))

    plan_id = encode_plan_id(spec)

    assert plan_id == RECORDED[name]["plan_id"]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_plan_id_is_answered_for_ever(name: str) -> None:
    spec = decode_plan_id(RECORDED[name]["plan_id"])

    assert spec == settle(draft_of(RECORDED[name]["spec"]))


@given(spec=specs())
def test_decoding_undoes_encoding(spec: TrainingSpec) -> None:
    plan_id = encode_plan_id(spec)

    decoded = decode_plan_id(plan_id)

    assert decoded == spec
    assert encode_plan_id(decoded) == plan_id


@given(data=st.data(), spec=specs())
def test_equal_specs_however_written_have_equal_plan_ids(
    data: st.DataObject, spec: TrainingSpec
) -> None:
    draft = data.draw(writings(spec))

    plan_id = encode_plan_id(settle(draft))

    assert plan_id == encode_plan_id(spec)


@sparingly
@given(one=specs(most=3), other=specs(most=3))
def test_different_specs_have_different_plan_ids(one: TrainingSpec, other: TrainingSpec) -> None:
    same = encode_plan_id(one) == encode_plan_id(other)

    assert same is (one == other)


@sparingly
@given(spec=specs())
def test_a_plan_id_fits_into_a_url(spec: TrainingSpec) -> None:
    plan_id = encode_plan_id(spec)

    assert len(plan_id) <= MAX_CHARACTERS
    assert set(plan_id) <= set(ALPHABET)


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_decoding_undoes_encoding_for_every_framework(choice: FrameworkChoice) -> None:
    plan = plan_with(choice)

    decoded = decode_plan_id(plan.plan_id)

    assert decoded == plan.spec


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"num_samples": 7, "sampler": "RandomSampler"}, {"sampler": "RandomSampler"}),
        ({"drop_last": True}, {}),
        ({"drop_last": True}, {"sampler_drop_last": True}),
    ],
)
def test_different_options_have_different_plan_ids(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    plan_ids = {plan_with(choosing("pytorch", **options)).plan_id for options in (one, other)}

    assert len(plan_ids) == 2


def test_options_have_one_plan_id_in_whatever_order_and_with_whatever_defaults() -> None:
    written: list[dict[str, Any]] = [
        {"sampler": "RandomSampler", "drop_last": True},
        {"drop_last": True, "sampler": "RandomSampler"},
        {"drop_last": True, "sampler": "RandomSampler", "num_samples": None},
        {"generator": "sampler", "drop_last": True, "sampler": "RandomSampler"},
    ]

    plan_ids = {plan_with(choosing("pytorch", **options)).plan_id for options in written}

    assert len(plan_ids) == 1


def test_no_change_of_a_single_character_is_a_plan_id() -> None:
    changed = [
        PLAN_ID[:place] + character + PLAN_ID[place + 1 :]
        for place in range(len(PLAN_ID))
        for character in (*ALPHABET, "=", ".", "%", "\u00e9")
        if PLAN_ID[place] != character
    ]

    codes = {refusal_code(plan_id) for plan_id in changed}

    assert codes == {
        "plan-id-damaged",
        "plan-id-malformed",
        "plan-id-version-unknown",
        "plan-id-not-canonical",
    }


@pytest.mark.parametrize("kept", range(len(PREFIX), len(PLAN_ID), 7))
def test_a_truncated_token_is_no_plan_id(kept: int) -> None:
    code = refusal_code(PLAN_ID[:kept])

    assert code in {"plan-id-damaged", "plan-id-malformed"}


OTHER_FORMS = {
    "nothing": ("", "plan-id-malformed"),
    "half a prefix": ("ep1", "plan-id-malformed"),
    "only a prefix": (PREFIX, "plan-id-damaged"),
    "a quarter of a byte": (f"{PREFIX}A", "plan-id-malformed"),
    "a large prefix": (f"EP1_{CONTENT}", "plan-id-malformed"),
    "a space before": (f" {PLAN_ID}", "plan-id-malformed"),
    "a line feed behind": (f"{PLAN_ID}\n", "plan-id-malformed"),
    "filled up": (f"{PLAN_ID}==", "plan-id-malformed"),
    "one character more": (f"{PLAN_ID}A", "plan-id-damaged"),
    "version 0": (f"ep0_{CONTENT}", "plan-id-version-unknown"),
    "version 01": (f"ep01_{CONTENT}", "plan-id-version-unknown"),
    "version 2": (f"ep2_{CONTENT}", "plan-id-version-unknown"),
    "a version that is too long": (f"ep{10**9}_{CONTENT}", "plan-id-malformed"),
    "the longest": (PREFIX + "A" * (MAX_CHARACTERS - 4), "plan-id-damaged"),
    "one more than the longest": (PREFIX + "A" * (MAX_CHARACTERS - 3), "plan-id-too-long"),
    "a million characters": ("ep2_" + "A" * 10**6, "plan-id-too-long"),
}


@pytest.mark.parametrize(("token", "code"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_what_has_not_the_form_of_a_plan_id_is_refused(token: str, code: str) -> None:
    found = refusal_code(token)

    assert found == code


@given(text=st.text(max_size=80), prefixed=st.booleans())
def test_no_text_breaks_the_reader(text: str, prefixed: bool) -> None:
    token = PREFIX * prefixed + text
    assume(token not in {entry["plan_id"] for entry in RECORDED.values()})

    code = refusal_code(token)

    assert code.startswith("plan-id-")


def test_a_refusal_tells_what_was_given_but_repeats_it_in_no_sentence() -> None:
    with pytest.raises(UnknownPlanError) as refusal:
        decode_plan_id("ep1_<script>")

    (fault,) = refusal.value.faults
    assert fault.given == "ep1_<script>"
    assert "script" not in fault.detail

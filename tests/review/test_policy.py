from fractions import Fraction
from typing import Any

import pytest

from app.arithmetic.finding import Severity
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod
from app.review.policy import Level, Policy, finding_objections, policy_objections
from tests.review.planning import planned


def codes(plan_fields: dict[str, Any], **policy: Any) -> list[str]:
    objections = policy_objections(planned(**plan_fields), Policy(**policy))
    return [each.code for each in objections]


DROPPING = {"dataset_size": 100, "global_batch_size": 30, "remainder": Remainder.DROP}
PADDING = {"dataset_size": 100, "global_batch_size": 30, "remainder": Remainder.PAD}
DRAWING = {"sampling": Sampling(method=SamplingMethod.WITH_REPLACEMENT)}


@pytest.mark.parametrize(
    ("fields", "name", "kept", "broken"),
    [
        (DROPPING, "max_dropped_samples", 10, 9),
        (DROPPING, "max_dropped_fraction", Fraction(1, 10), Fraction(99, 1000)),
        (PADDING, "max_padded_samples", 20, 19),
        ({}, "total_steps", 128, 129),
        ({}, "min_total_steps", 128, 129),
        ({}, "max_total_steps", 128, 127),
        ({}, "epochs", 2, 3),
        ({}, "global_batch_size", 64, 65),
        (DRAWING, "min_coverage", Fraction(8, 10), Fraction(9, 10)),
    ],
)
def test_a_rule_is_broken_just_beyond_its_limit(
    fields: dict[str, Any], name: str, kept: object, broken: object
) -> None:
    assert codes(fields, **{name: kept}) == []
    assert codes(fields, **{name: broken}) == [f"policy-{name.replace('_', '-')}"]


@pytest.mark.parametrize(
    ("seen", "written"), [(1, "0.1"), (3, "0.3"), (6, "0.6"), (7, "0.7"), (9, "0.9")]
)
def test_a_share_that_is_seen_exactly_is_enough(seen: int, written: str) -> None:
    fields = {"dataset_size": 10, "global_batch_size": seen, "epochs": None, "steps": 1}

    assert codes(fields, min_coverage=Fraction(written)) == []


def test_one_unseen_sample_of_many_is_not_full_coverage() -> None:
    size = 10**15
    fields = {"dataset_size": size, "global_batch_size": 1, "epochs": None, "samples": size - 1}

    assert planned(**fields).coverage.fraction == 1.0
    assert codes(fields, min_coverage=Fraction(1)) == ["policy-min-coverage"]


def test_an_expected_share_is_taken_by_the_digits_that_are_shown() -> None:
    fields = DRAWING | {"dataset_size": 10, "global_batch_size": 1, "epochs": None, "steps": 10}

    assert planned(**fields).coverage.fraction == 0.6513215599
    assert codes(fields, min_coverage=Fraction("0.6513215599")) == []


def test_every_broken_rule_is_named_at_once() -> None:
    found = codes({}, total_steps=1, epochs=1, global_batch_size=1, max_padded_samples=0)

    assert found == ["policy-total-steps", "policy-epochs", "policy-global-batch-size"]


def test_a_broken_rule_says_both_numbers_and_where_to_look() -> None:
    (found,) = policy_objections(planned(), Policy(max_total_steps=100))

    assert found.message == "total_steps is 128; the policy asks for at most 100"
    assert (found.field, found.rule, found.severity) == ("/epochs", "/max_total_steps", "error")


def test_equal_ranks_can_be_asked_for() -> None:
    uneven = {"dataset_size": 101, "global_batch_size": 8, "data_parallel_size": 4}

    assert codes(uneven, require_equal_ranks=True) == ["policy-require-equal-ranks"]
    assert codes(uneven, require_equal_ranks=False) == []
    assert codes({}, require_equal_ranks=True) == []


def test_a_finding_is_as_severe_as_the_policy_takes_it() -> None:
    plan = planned(dataset_size=100, global_batch_size=30)

    (plain,) = finding_objections(plan, Policy())
    (raised,) = finding_objections(plan, Policy(findings={"short-last-step": Level.ERROR}))

    assert (plain.code, plain.severity, plain.rule) == ("short-last-step", Severity.WARNING, None)
    assert (raised.severity, raised.rule) == (Severity.ERROR, "/findings/short-last-step")


def test_a_finding_can_be_left_out() -> None:
    plan = planned(dataset_size=100, global_batch_size=30)

    assert [*finding_objections(plan, Policy(findings={"short-last-step": Level.OFF}))] == []

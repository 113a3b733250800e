import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod
from app.plan.explanation import explain
from app.plan.planner import Plan, plan_draft
from tests.frameworks.choices import choosing
from tests.plan.relatives import relatives, whole_run
from tests.strategies import sparingly

ONE_EPOCH = SpecDraft(
    dataset_size=2_000, global_batch_size=10, steps_per_epoch=1_000, epochs=Fraction(1)
)
TEN_EPOCHS = replace(ONE_EPOCH, steps_per_epoch=100, epochs=Fraction(10))


def explained(*drafts: SpecDraft) -> tuple[str, ...]:
    return explain([plan_draft(draft) for draft in drafts])


def sampled(method: SamplingMethod, draft: SpecDraft = TEN_EPOCHS) -> SpecDraft:
    return replace(draft, sampling=Sampling(method=method))


def number_after(words: str, sentence: str) -> int | None:
    found = re.search(rf"{words} (\d+)", sentence)
    return int(found[1]) if found else None


def test_the_question_it_all_began_with_has_its_answer() -> None:
    sentences = explained(
        ONE_EPOCH,
        TEN_EPOCHS,
        sampled(SamplingMethod.RANDOM_SAMPLE),
        sampled(SamplingMethod.WITH_REPLACEMENT),
    )

    assert sentences == (
        "All plans take 1000 steps and 10000 samples, as many as 5 passes through 2000 samples.",
        "Plan 0 starts 1 epoch of 1000 steps, a full one as long as 5 passes; "
        + "; ".join(
            f"plan {number} starts 10 epochs of 100 steps, a full one as long as 0.5 passes"
            for number in (1, 2, 3)
        )
        + ".",
        (
            "Plans 0 and 1 take the very same 10000 samples in the same order; "
            "the epoch is only a checkpoint."
        ),
        "Plans 0 and 2 follow different orders: they part at sample 0 of the run, counted from 0.",
        "Plans 0 and 3 follow different orders: they part at sample 0 of the run, counted from 0.",
        (
            "Plan 0 sees 2000 of 2000 samples for every seed; "
            "plan 1 sees 2000 of 2000 samples for every seed; "
            "plan 2 sees about 1998.047 of 2000 samples in expectation over the seeds; "
            "plan 3 sees about 1986.541 of 2000 samples in expectation over the seeds."
        ),
    )


@given(pair=relatives())
def test_what_is_said_about_two_orders_is_true_of_their_samples(pair: tuple[Plan, Plan]) -> None:
    one, other = map(whole_run, pair)
    shared = min(len(one), len(other))

    (sentence,) = (text for text in explain(pair) if text.startswith("Plans 0 and 1"))

    very_same = number_after("the very same", sentence)
    so_far = number_after("in the same order for", sentence)
    agreed = number_after("agree on the first", sentence)
    parting = number_after("they part at sample", sentence)
    if very_same is not None:
        assert one == other
        assert very_same == len(one)
    if so_far is not None:
        assert so_far == shared < max(len(one), len(other))
        assert one[:shared] == other[:shared]
    if agreed is not None:
        assert one[:agreed] == other[:agreed]
        assert agreed == shared
    if parting is not None:
        assert one[:parting] == other[:parting]
        assert one[parting] != other[parting]


@sparingly
@given(pair=relatives())
def test_an_epoch_is_called_a_checkpoint_only_where_it_changes_no_sample(
    pair: tuple[Plan, Plan],
) -> None:
    called = any("only a checkpoint" in sentence for sentence in explain(pair))

    one, other = pair
    if called:
        assert one.spec.sampling.method is other.spec.sampling.method
        assert one.spec.sampling.method.has_passes
        assert one.run.shape.samples_per_epoch != other.run.shape.samples_per_epoch


@sparingly
@given(pair=relatives())
def test_a_sentence_begins_large_and_ends_with_a_full_stop(pair: tuple[Plan, Plan]) -> None:
    sentences = explain(pair)

    assert all(re.fullmatch(r"[A-Z].*[^. ]\.", sentence) for sentence in sentences)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (
            replace(TEN_EPOCHS, epochs=Fraction(5)),
            (
                "Plans 0 and 1 take the same samples in the same order for 5000 samples, "
                "then one of them ends."
            ),
        ),
        (
            replace(TEN_EPOCHS, micro_batch_size=5, data_parallel_size=2),
            "Plans 0 and 1 take the very same 10000 samples in the same order.",
        ),
        (
            replace(TEN_EPOCHS, global_batch_size=20, steps_per_epoch=50),
            "Plans 0 and 1 take the very same 10000 samples in the same order.",
        ),
        (
            sampled(SamplingMethod.SHUFFLE_ONCE),
            (
                "Plans 0 and 1 follow different orders: they part at sample 2000 of the run, "
                "counted from 0."
            ),
        ),
        (
            replace(sampled(SamplingMethod.SHUFFLE_ONCE), epochs=Fraction(2)),
            "Plans 0 and 1 agree on the first 2000 samples of the run.",
        ),
    ],
    ids=["shorter", "more ranks", "larger steps", "shuffled once", "shuffled once and one pass"],
)
def test_an_order_is_compared_in_a_true_sentence(other: SpecDraft, sentence: str) -> None:
    sentences = explained(TEN_EPOCHS, other)

    assert sentence in sentences


def test_orders_that_part_late_agree_as_far_as_they_are_looked_at() -> None:
    shuffled, once = (
        SpecDraft(
            dataset_size=10_000,
            global_batch_size=10,
            epochs=Fraction(2),
            sampling=Sampling(method=method),
        )
        for method in (SamplingMethod.SHUFFLE, SamplingMethod.SHUFFLE_ONCE)
    )

    sentences = explained(shuffled, once)

    assert "Plans 0 and 1 agree on the first 4096 samples of the run." in sentences


def test_a_random_sample_is_no_checkpoint_however_many_steps_take_it() -> None:
    one = sampled(SamplingMethod.RANDOM_SAMPLE)
    other = replace(one, global_batch_size=20, steps_per_epoch=50)

    sentences = explained(one, other)

    assert "Plans 0 and 1 take the very same 10000 samples in the same order." in sentences


def test_a_split_over_ranks_is_said_to_change_no_step() -> None:
    sentences = explained(TEN_EPOCHS, replace(TEN_EPOCHS, data_parallel_size=5))

    assert (
        "The global batch is 10 samples in every plan, only its split over ranks and micro-steps "
        "differs, which changes the set of samples of no step." in sentences
    )


def test_different_global_batches_are_listed() -> None:
    sentences = explained(TEN_EPOCHS, replace(TEN_EPOCHS, global_batch_size=1))

    assert "Plan 0 has 10 samples per full step; plan 1 has 1 sample per full step." in sentences


def test_what_all_plans_share_is_said_once() -> None:
    sentences = explained(TEN_EPOCHS, TEN_EPOCHS, TEN_EPOCHS)

    assert sentences == (
        "All plans take 1000 steps and 10000 samples, as many as 5 passes through 2000 samples.",
        "All plans start 10 epochs of 100 steps, a full one as long as 0.5 passes.",
        "Plans 0 and 1 take the very same 10000 samples in the same order.",
        "Plans 0 and 2 take the very same 10000 samples in the same order.",
        "All plans see 2000 of 2000 samples for every seed.",
    )


def test_a_single_sample_is_counted_in_the_singular() -> None:
    tiny = SpecDraft(dataset_size=1, global_batch_size=1, steps=1)

    sentences = explained(tiny, tiny)

    assert sentences == (
        "All plans take 1 step and 1 sample, as many as 1 pass through 1 sample.",
        "All plans start 1 epoch of 1 step, a full one as long as 1 pass.",
        "Plans 0 and 1 take the very same 1 sample in the same order.",
        "All plans see 1 of 1 sample for every seed.",
    )


def test_what_is_dropped_or_padded_is_said_plan_by_plan() -> None:
    padded, dropped = (
        SpecDraft(dataset_size=10, global_batch_size=4, epochs=Fraction(1), remainder=remainder)
        for remainder in (Remainder.PAD, Remainder.DROP)
    )

    sentences = explained(padded, dropped)

    assert (
        "Plan 0 fills up a full epoch with 2 repeated samples and leaves out 0 samples; plan 1 "
        "fills up a full epoch with 0 repeated samples and leaves out 2 samples." in sentences
    )


def test_a_split_over_ranks_may_change_a_step_of_another_framework() -> None:
    torch = replace(TEN_EPOCHS, steps_per_epoch=None, framework=choosing("pytorch"))

    sentences = explained(torch, replace(torch, data_parallel_size=5))

    assert (
        "The global batch is 10 samples in every plan, only its split over ranks and micro-steps "
        "differs." in sentences
    )


def test_an_order_that_takes_long_to_compute_is_not_compared() -> None:
    native = SpecDraft(dataset_size=10**9, global_batch_size=10, epochs=Fraction(1))

    sentences = explained(native, replace(native, framework=choosing("pytorch")))

    assert (
        "The orders of plans 0 and 1 are not compared: one of them is computed as a whole, and "
        "too long for that." in sentences
    )

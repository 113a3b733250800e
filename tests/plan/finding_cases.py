"""Runs with a finding, each with what it must say and a neighbouring run without it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Severity
from app.arithmetic.spec import BudgetUnit, Remainder, Sampling, SamplingMethod
from tests.strategies import INT64_MAX

KEEP, DROP, PAD = Remainder
INFO, _, ERROR = Severity


def drafted(dataset_size: int, global_batch_size: int, **fields: Any) -> SpecDraft:
    """Three epochs, unless a budget is among the fields."""
    budget = {} if set(map(str, BudgetUnit)) & set(fields) else {"epochs": Fraction(3)}
    sizes = {"dataset_size": dataset_size, "global_batch_size": global_batch_size}
    return SpecDraft(**{**sizes, **budget, **fields})


def sampled(method: str, seed: int = 0) -> Sampling:
    return Sampling(method=SamplingMethod(method), seed=seed)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run with a finding, and a neighbouring run without it."""

    code: str
    found_in: SpecDraft
    not_found_in: SpecDraft
    message: str
    severity: Severity = Severity.WARNING
    field: str = "/remainder"
    suggestion: str | None = None


CASES = {
    "dropped": Case(
        code="samples-dropped",
        found_in=drafted(1_281_167, 256, remainder=DROP, epochs=Fraction(181, 2)),
        not_found_in=drafted(1_281_024, 256, remainder=DROP, epochs=Fraction(181, 2)),
        message="143 of 1281167 samples are dropped in every full epoch, 12870 over the run",
        suggestion="remainder keep or pad",
    ),
    "padded": Case(
        code="samples-padded",
        found_in=drafted(1_281_167, 256, remainder=PAD, epochs=Fraction(90)),
        not_found_in=drafted(1_281_280, 256, remainder=PAD, epochs=Fraction(90)),
        message=(
            "the last step of every full epoch is filled up with 113 repeated samples, 10170 "
            "over the run"
        ),
        suggestion="remainder keep or drop",
    ),
    "padded by one": Case(
        code="samples-padded",
        found_in=drafted(2, 3, remainder=PAD, steps=1),
        not_found_in=drafted(3, 3, remainder=PAD, steps=1),
        message=(
            "the last step of every full epoch is filled up with 1 repeated sample, 1 over the run"
        ),
        suggestion="global_batch_size 2, or remainder keep",
    ),
    "short": Case(
        code="short-last-step",
        found_in=drafted(1_281_167, 256),
        not_found_in=drafted(1_281_167, 256, steps=5_004),
        message=(
            "step 5004, the last of a full epoch, has 143 of 256 samples, so its gradient "
            "averages over fewer of them"
        ),
        suggestion="remainder drop or pad",
    ),
    "short and cannot be dropped": Case(
        code="short-last-step",
        found_in=drafted(5, 12),
        not_found_in=drafted(12, 12),
        message=(
            "step 0, the last of a full epoch, has 5 of 12 samples, so its gradient averages "
            "over fewer of them"
        ),
        suggestion="global_batch_size 5, or remainder pad",
    ),
    "short and cannot be padded": Case(
        code="short-last-step",
        found_in=drafted(INT64_MAX, 2),
        not_found_in=drafted(INT64_MAX - 1, 2),
        message=(
            "step 4611686018427387903, the last of a full epoch, has 1 of 2 samples, so its "
            "gradient averages over fewer of them"
        ),
        suggestion="global_batch_size 1 or 7, or remainder drop",
    ),
    "idle": Case(
        code="idle-ranks",
        found_in=drafted(1_025, 64, data_parallel_size=4),
        not_found_in=drafted(1_028, 64, data_parallel_size=4),
        severity=ERROR,
        message=(
            "the last step of a full epoch has 1 sample, which leaves 3 of 4 ranks without any: "
            "collective operations wait for them for ever"
        ),
        field="/data_parallel_size",
        suggestion="remainder drop or pad",
    ),
    "unequal shares of one micro-step": Case(
        code="unequal-ranks",
        found_in=drafted(1_797, 32, data_parallel_size=4),
        not_found_in=drafted(1_796, 32, data_parallel_size=4),
        message=(
            "the last step of a full epoch gives 2 samples to 1 of 4 ranks and 1 to the other 3: "
            "averaging over ranks gives the samples of the smaller shares more weight"
        ),
        field="/data_parallel_size",
        suggestion="remainder drop or pad",
    ),
    "unequal micro-steps": Case(
        code="unequal-ranks",
        found_in=drafted(1_797, 32, data_parallel_size=4, micro_batch_size=1),
        not_found_in=drafted(1_796, 32, data_parallel_size=4, micro_batch_size=1),
        severity=ERROR,
        message=(
            "the last step of a full epoch gives 2 samples to 1 of 4 ranks and 1 to the other 3: "
            "some ranks have a micro-step less, and the others wait for them for ever"
        ),
        field="/data_parallel_size",
        suggestion="remainder drop or pad",
    ),
    "large batch": Case(
        code="global-batch-exceeds-dataset",
        found_in=drafted(10, 12, data_parallel_size=4),
        not_found_in=drafted(12, 12, data_parallel_size=4),
        message="one global batch of 12 samples is larger than the dataset of 10 samples",
        field="/global_batch_size",
        suggestion="global_batch_size 8",
    ),
    "more ranks than samples": Case(
        code="global-batch-exceeds-dataset",
        found_in=drafted(3, 4, data_parallel_size=4),
        not_found_in=drafted(4, 4, data_parallel_size=4),
        message="one global batch of 4 samples is larger than the dataset of 3 samples",
        field="/global_batch_size",
        suggestion="data_parallel_size and global_batch_size at most 3",
    ),
    "virtual": Case(
        code="virtual-epoch-is-not-a-pass",
        found_in=drafted(2_000, 10, steps_per_epoch=1_000),
        not_found_in=drafted(2_000, 10, steps_per_epoch=200),
        severity=INFO,
        message=(
            "an epoch of 10000 samples is as long as 5 passes through 2000 samples: it is a "
            "checkpoint, not one cycle through the dataset"
        ),
        field="/steps_per_epoch",
        suggestion="steps_per_epoch 200 makes it a pass",
    ),
    "virtual and never a pass": Case(
        code="virtual-epoch-is-not-a-pass",
        found_in=drafted(1_797, 32, steps_per_epoch=56),
        not_found_in=drafted(1_797, 32),
        severity=INFO,
        message=(
            "an epoch of 1792 samples is as long as about 0.997218 passes through 1797 samples: "
            "it is a checkpoint, not one cycle through the dataset"
        ),
        field="/steps_per_epoch",
    ),
    "random sample": Case(
        code="virtual-epoch-is-not-a-pass",
        found_in=drafted(2_000, 10, steps_per_epoch=100, sampling=sampled("random_sample")),
        not_found_in=drafted(2_000, 10, steps_per_epoch=200, sampling=sampled("random_sample")),
        severity=INFO,
        message=(
            "an epoch of 1000 samples is as long as 0.5 passes through 2000 samples: it is a "
            "fresh subset of the dataset"
        ),
        field="/steps_per_epoch",
        suggestion="steps_per_epoch 200 makes it a pass",
    ),
    "replacement": Case(
        code="replacement-is-no-epoch",
        found_in=drafted(2_000, 10, sampling=sampled("with_replacement")),
        not_found_in=drafted(1, 1, sampling=sampled("with_replacement")),
        severity=INFO,
        message=(
            "every draw takes any of the 2000 samples, so no number of steps visits all of them "
            "for certain: strictly, this is no epoch"
        ),
        field="/sampling/method",
        suggestion="sampling.method shuffle, which goes through the dataset in passes",
    ),
    "seed": Case(
        code="seed-has-no-effect",
        found_in=drafted(2_000, 10, sampling=sampled("sequential", 42)),
        not_found_in=drafted(2_000, 10, sampling=sampled("sequential", 0)),
        severity=INFO,
        message=(
            "sequential sampling uses no randomness, so seed 42 changes nothing but the plan_id"
        ),
        field="/sampling/seed",
        suggestion="sampling.seed 0",
    ),
    "samples": Case(
        code="budget-rounded-up",
        found_in=drafted(1_000, 64, samples=6_401),
        not_found_in=drafted(1_000, 64, samples=6_448),
        severity=INFO,
        message="samples 6401 is 6401 samples; the run takes 6448 samples, 47 more, to end a step",
        field="/samples",
        suggestion="steps 102 or 103",
    ),
    "tokens": Case(
        code="budget-rounded-up",
        found_in=drafted(1_000, 3, tokens=10, tokens_per_sample=4),
        not_found_in=drafted(1_000, 3, tokens=12, tokens_per_sample=4),
        severity=INFO,
        message="tokens 10 is 2.5 samples; the run takes 3 samples, 0.5 more, to end a step",
        field="/tokens",
        suggestion="steps 1",
    ),
    "epochs": Case(
        code="budget-rounded-up",
        found_in=drafted(10, 2, epochs=Fraction(5, 2)),
        not_found_in=drafted(10, 2, epochs=Fraction(12, 5)),
        severity=INFO,
        message="epochs 2.5 is 12.5 steps; the run takes 13 steps, 0.5 more, to end a step",
        field="/epochs",
        suggestion="steps 12 or 13",
    ),
    "less than an epoch": Case(
        code="fractional-last-epoch",
        found_in=drafted(10, 2, steps=3),
        not_found_in=drafted(10, 2, steps=5),
        message="the run stops in epoch 0 after 3 of 5 steps, so it is 0.6 epochs long",
        field="/steps",
        suggestion="steps 5, to end with a full epoch",
    ),
    "an epoch that is not finished": Case(
        code="fractional-last-epoch",
        found_in=drafted(10, 2, epochs=Fraction(5, 2)),
        not_found_in=drafted(10, 2, epochs=Fraction(2)),
        message="the run stops in epoch 2 after 3 of 5 steps, so it is 2.6 epochs long",
        field="/epochs",
        suggestion="steps 10 or 15, to end with a full epoch",
    ),
}

import pytest

from app.arithmetic.finding import Severity
from tests.frameworks.asking import Asking, Fields

LIGHTNING = Asking(
    {"name": "lightning", "version": "2.6.6"},
    {"dataset_size": 12, "micro_batch_size": 1, "epochs": 2},
)
TWO_RANKS = {"data_parallel_size": 2}
SEQUENTIAL = {"sampling": {"method": "sequential"}}
UNREPEATED = {"sampler": "UnrepeatedDistributedSampler"}


@pytest.mark.parametrize(
    ("fields", "options", "code", "severity", "field", "said"),
    [
        (
            TWO_RANKS | SEQUENTIAL,
            {},
            "shuffled-after-all",
            Severity.WARNING,
            "/sampling/method",
            "the training loader of 2 ranks a DistributedSampler that shuffles",
        ),
        (
            {},
            {"overfit_batches": 3},
            "shuffling-turned-off",
            Severity.WARNING,
            "/framework/overfit_batches",
            "every epoch reads the same 3 micro-batches per rank",
        ),
        (
            {"sampling": {"seed": 7}} | TWO_RANKS,
            UNREPEATED,
            "seed-has-no-effect",
            Severity.INFO,
            "/sampling/seed",
            "UnrepeatedDistributedSampler shuffles by the epoch alone, so seed 7",
        ),
        (
            {"sampling": {"method": "sequential", "seed": 7}},
            {},
            "seed-has-no-effect",
            Severity.INFO,
            "/sampling/seed",
            "nothing is shuffled, so seed 7",
        ),
        (
            TWO_RANKS,
            {"use_distributed_sampler": False},
            "every-rank-reads-everything",
            Severity.WARNING,
            "/framework/use_distributed_sampler",
            "a step of 2 samples holds every sample 2 times",
        ),
        (
            {},
            {"overfit_batches": 3, "limit_train_batches": 5},
            "limit-has-no-effect",
            Severity.WARNING,
            "/framework/limit_train_batches",
            "takes the place of limit_train_batches 5",
        ),
        (
            {},
            {"limit_train_batches": 1},
            "one-micro-batch-per-epoch",
            Severity.INFO,
            "/framework/limit_train_batches",
            "one micro-batch of 12; 1.0 would be all",
        ),
        (
            {},
            {"overfit_batches": 4.0},
            "overfit-share-above-one",
            Severity.WARNING,
            "/framework/overfit_batches",
            "all 12 are read",
        ),
        (
            {},
            {"check_val_every_n_epoch": 3},
            "never-validated",
            Severity.WARNING,
            "/framework/val_check_interval",
            "24 micro-steps: it comes after every 12 of them, in every epoch number 3 of 12",
        ),
        (
            {},
            {"check_val_every_n_epoch": None, "val_check_interval": 25},
            "never-validated",
            Severity.WARNING,
            "/framework/val_check_interval",
            "after every 25 of them, counted over the run",
        ),
        (
            TWO_RANKS,
            {},
            "resume-forgets-position",
            Severity.INFO,
            "/framework",
            "after 3 of 6 micro-steps, the epoch goes on with its first 3 micro-batches instead",
        ),
        (
            {},
            {},
            "resume-forgets-position",
            Severity.INFO,
            "/framework",
            "the generator begins anew as well, with the order of epoch 0",
        ),
        (
            {"dataset_size": 13} | TWO_RANKS,
            UNREPEATED,
            "unequal-ranks",
            Severity.ERROR,
            "/framework/sampler",
            "rank 0 gets 1 and rank 1 gets 0",
        ),
        (
            {},
            {"limit_train_batches": 0.5},
            "samples-dropped",
            Severity.WARNING,
            "/framework/limit_train_batches",
            "6 of 12 samples are dropped",
        ),
        (
            {"micro_batch_size": 5},
            {"drop_last": True},
            "samples-dropped",
            Severity.WARNING,
            "/framework/drop_last",
            "2 of 12 samples are dropped",
        ),
        (
            {"data_parallel_size": 5},
            {},
            "samples-padded",
            Severity.WARNING,
            "/data_parallel_size",
            "filled up with 3 repeated samples",
        ),
        (
            {"sampling": {"seed": 2**40}},
            {},
            "seed-truncated",
            Severity.WARNING,
            "/sampling/seed",
            "gives the orders of seed 0",
        ),
        (
            {"sampling": {"seed": 2**32 - 1}} | TWO_RANKS,
            {},
            "seeds-wrap",
            Severity.INFO,
            "/sampling/seed",
            "epoch 1 has the order of epoch 0 of seed 0",
        ),
        (
            TWO_RANKS,
            {},
            "seeds-overlap",
            Severity.INFO,
            "/sampling/seed",
            "epoch 1 of seed 0 is epoch 0 of seed 1",
        ),
    ],
)
def test_what_an_owner_should_know_is_said_with_its_numbers(
    fields: Fields, options: Fields, code: str, severity: Severity, field: str, said: str
) -> None:
    finding = LIGHTNING.finding(code, fields, **options)

    assert (finding.severity, finding.field) == (severity, field)
    assert said in finding.message


def test_a_plain_run_of_one_step_per_epoch_has_nothing_to_say() -> None:
    codes = LIGHTNING.codes({"micro_batch_size": 12})

    assert codes == set()


def test_a_seed_that_only_the_last_epochs_would_exceed_is_whole_for_a_generator() -> None:
    codes = LIGHTNING.codes({"sampling": {"seed": 2**32 - 1}, "micro_batch_size": 12})

    assert codes == set()

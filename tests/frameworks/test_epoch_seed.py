from tests.frameworks.asking import Asking

ASKING = Asking(
    {"name": "accelerate", "use_seedable_sampler": True},
    {"dataset_size": 20, "micro_batch_size": 3, "epochs": 2},
)
WIDE = 2**32 + 7


def test_a_seed_beyond_32_bits_is_told_with_the_one_that_it_means() -> None:
    finding = ASKING.finding("seed-truncated", {"sampling": {"seed": WIDE}})

    assert (finding.field, finding.suggestion) == ("/sampling/seed", "sampling.seed 7")


def test_a_data_seed_beyond_32_bits_is_told_under_its_own_name() -> None:
    finding = ASKING.finding("seed-truncated", {}, data_seed=WIDE)

    assert (finding.field, finding.suggestion) == ("/framework/data_seed", "data_seed 7")


def test_runs_with_neighbouring_seeds_share_orders() -> None:
    finding = ASKING.finding("seeds-overlap", {}, data_seed=5)

    assert finding.field == "/framework/data_seed"
    assert "epoch 1 of seed 5 is epoch 0 of seed 6" in finding.message


def test_draws_with_a_seed_share_it_as_well() -> None:
    codes = ASKING.codes({"sampling": {"method": "with_replacement", "seed": WIDE}})

    assert {"seed-truncated", "seeds-overlap"} <= codes

import json

import pytest

from app.configs.known_keys import RECORD, recorded
from app.configs.reading import CONFIG_KINDS


def test_the_record_has_every_kind() -> None:
    assert sorted(json.loads(RECORD.read_text(encoding="utf-8"))) == sorted(CONFIG_KINDS)


@pytest.mark.parametrize("kind", CONFIG_KINDS)
def test_every_kind_names_the_packages_it_was_recorded_from(kind: str) -> None:
    packages = recorded(kind)["packages"]

    assert packages
    assert all(versions for versions in packages.values())


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("deepspeed", {"train_batch_size", "zero_optimization", "fp16", "elasticity"}),
        ("hf-trainer", {"evaluation_strategy", "eval_strategy", "group_by_length", "data_seed"}),
        ("lightning", {"trainer.max_epochs", "seed_everything", "model"}),
        ("megatron", {"--micro-batch-size", "--train-samples", "--no-data-sharding", "--bf16"}),
        ("composer", {"max_duration", "global_train_batch_size", "train_loader.drop_last"}),
    ],
)
def test_keys_that_everybody_uses_are_known(kind: str, keys: set[str]) -> None:
    assert keys <= set(recorded(kind)["keys"])

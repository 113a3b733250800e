"""Specs of configs, planned by the service: numbers worked out by hand from the frameworks."""

import json
from typing import Any

import pytest

from tests.api.calling import Service
from tests.configs.asking import read

DEEPSPEED = json.dumps({"train_batch_size": 32, "train_micro_batch_size_per_gpu": 2})
HF_TRAINER = """
per_device_train_batch_size: 8
gradient_accumulation_steps: 4
num_train_epochs: 3
warmup_ratio: 0.1
"""
LIGHTNING = """
seed_everything: 7
trainer: {devices: 4, num_nodes: 2, max_epochs: 3, accumulate_grad_batches: 2,
          limit_train_batches: 0.5}
data: {class_path: my.Data, init_args: {batch_size: 32}}
"""
MEGATRON = """
torchrun --nproc_per_node 8 pretrain_gpt.py \\
    --tensor-model-parallel-size 2 --pipeline-model-parallel-size 2 \\
    --micro-batch-size 4 --global-batch-size 256 \\
    --train-samples 1000000
"""
COMPOSER = """
variables: {seed: 17}
max_duration: 10ep
global_train_batch_size: 64
train_loader:
  drop_last: true
  dataset: {local: data, shuffle: true, shuffle_seed: "${variables.seed}", max_seq_len: 100}
"""


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


def planned(
    service: Service, kind: str, text: str, size: int, ranks: int | None, **more: Any
) -> Any:
    reading = read(kind, text, dataset_size=size, world_size=ranks)
    assert reading.faults == ()
    return service.plan(**(reading.spec | more))


def test_deepspeed_carries_its_accumulation_over_the_end_of_an_epoch(service: Service) -> None:
    """26 samples a rank are 13 micro-steps; of the 26 of two epochs, 6 x 4 make an update."""
    plan = planned(service, "deepspeed", DEEPSPEED, 101, 4, epochs=2)

    assert plan["spec"]["gradient_accumulation_steps"] == 4
    assert plan["total_steps"] == 6


def test_elasticity_decides_the_batch_as_deepspeed_documents_it(service: Service) -> None:
    """The example of DeepSpeed's documentation; 64 of its valid numbers of GPUs."""
    block = {
        "enabled": True,
        "max_train_batch_size": 10000,
        "micro_batch_sizes": [8, 12, 16, 17],
        "min_gpus": 32,
        "max_gpus": 1500,
        "min_time": 20,
        "version": 0.1,
    }

    plan = planned(service, "deepspeed", json.dumps({"elasticity": block}), 100_000, 64, epochs=1)

    assert plan["spec"]["global_batch_size"] == 9792
    assert plan["spec"]["micro_batch_size"] == 17
    assert plan["spec"]["gradient_accumulation_steps"] == 9


def test_the_trainer_counts_the_updates_of_its_sharded_loader(service: Service) -> None:
    """125 batches are 63 a rank, and 16 updates an epoch."""
    plan = planned(service, "hf-trainer", HF_TRAINER, 1000, 2)

    assert plan["steps_per_epoch"] == 16
    assert plan["total_steps"] == 48
    assert plan["framework_numbers"]["warmup_steps"] == 5
    assert plan["spec"]["sampling"]["seed"] == 42


def test_fractional_epochs_of_the_trainer_are_rounded_up_in_steps(service: Service) -> None:
    text = HF_TRAINER.replace("num_train_epochs: 3", "num_train_epochs: 2.5")

    plan = planned(service, "hf-trainer", text, 1000, 2)

    assert plan["total_steps"] == 40


def test_max_steps_wins_over_num_train_epochs(service: Service) -> None:
    plan = planned(service, "hf-trainer", f"{HF_TRAINER}max_steps: 1e2\n", 1000, 2)

    assert plan["total_steps"] == 100


def test_half_a_loader_of_lightning_is_half_of_its_batches(service: Service) -> None:
    """1250 samples a rank are 40 batches; 20 of them are 10 updates."""
    plan = planned(service, "lightning", LIGHTNING, 10_000, None)

    assert plan["spec"]["data_parallel_size"] == 8
    assert plan["steps_per_epoch"] == 10
    assert plan["total_steps"] == 30
    assert plan["spec"]["sampling"]["seed"] == 7


def test_megatron_rounds_its_samples_down_to_whole_iterations(service: Service) -> None:
    """16 ranks are 4 replicas of 2 x 2; 1000000 // 256 = 3906."""
    plan = planned(service, "megatron", MEGATRON, 2_000_000, 16)

    assert plan["spec"]["data_parallel_size"] == 4
    assert plan["spec"]["gradient_accumulation_steps"] == 16
    assert plan["total_steps"] == 3906
    assert plan["framework_numbers"]["train_iters"] == 3906


def test_a_batch_that_megatron_rounds_down_is_the_batch_of_the_plan(service: Service) -> None:
    """12 samples a micro-step: 30 becomes 24, which are two of them."""
    sizes = "--micro-batch-size 4 --global-batch-size 30 --train-iters 5"

    plan = planned(service, "megatron", f"{sizes} --decrease-batch-size-if-needed", 1000, 3)

    assert plan["spec"]["global_batch_size"] == 24
    assert plan["total_micro_steps"] == 10


def test_composer_drops_the_last_batch_of_every_rank(service: Service) -> None:
    """125 samples a rank are 15 whole batches of 8."""
    plan = planned(service, "composer", COMPOSER, 1000, 8)

    assert plan["spec"]["framework"]["name"] == "mosaic-streaming"
    assert plan["spec"]["sampling"] == {"method": "shuffle", "seed": 17}
    assert plan["steps_per_epoch"] == 15
    assert plan["total_steps"] == 150


def test_composer_splits_its_batches_into_micro_batches(service: Service) -> None:
    """15 batches of 8 are 30 micro-batches of 4; the last 5 samples are two more."""
    text = COMPOSER.replace("drop_last: true", "drop_last: false")

    plan = planned(service, "composer", f"{text}device_train_microbatch_size: 4\n", 1000, 8)

    assert plan["steps_per_epoch"] == 16
    assert plan["micro_steps_per_epoch"] == 32


@pytest.mark.parametrize(("duration", "steps"), [("1e5tok", 16), ("1000sp", 16), ("40ba", 40)])
def test_composer_counts_tokens_samples_and_batches(
    service: Service, duration: str, steps: int
) -> None:
    """100000 tokens are 1000 samples: 15 steps of 64 an epoch are 960, one step more reaches it."""
    text = COMPOSER.replace("10ep", duration)

    plan = planned(service, "composer", text, 1000, 8)

    assert plan["total_steps"] == steps


def test_a_loader_without_streams_is_torchs(service: Service) -> None:
    """1000 samples on 3 ranks, none added: 333 each, 41 whole batches of 8."""
    text = """
max_duration: 2ep
global_train_batch_size: 24
train_loader: {name: finetuning, drop_last: true, dataset: {hf_name: c4, shuffle: true}}
"""

    plan = planned(service, "composer", text, 1000, 3)

    assert plan["spec"]["framework"]["name"] == "pytorch"
    assert plan["total_steps"] == 82

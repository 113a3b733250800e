import json

import pytest

from tests.configs.asking import codes, read

SIZES = {
    "train_batch_size": 64,
    "train_micro_batch_size_per_gpu": 4,
    "gradient_accumulation_steps": 2,
}


def test_every_size_says_where_it_comes_from() -> None:
    reading = read("deepspeed", json.dumps(SIZES), dataset_size=100)

    assert reading.spec == {
        "dataset_size": 100,
        "framework": {"name": "deepspeed"},
        "global_batch_size": 64,
        "micro_batch_size": 4,
        "gradient_accumulation_steps": 2,
    }
    assert reading.origins == {
        "/global_batch_size": "train_batch_size",
        "/micro_batch_size": "train_micro_batch_size_per_gpu",
        "/gradient_accumulation_steps": "gradient_accumulation_steps",
    }


def test_three_sizes_need_no_world_size() -> None:
    reading = read("deepspeed", json.dumps(SIZES))

    assert reading.faults == ()


def test_two_sizes_need_a_world_size() -> None:
    reading = read("deepspeed", '{"train_batch_size": 64}')

    assert codes(reading) == [("world-size-needed", "")]


def test_no_size_is_a_fault() -> None:
    reading = read("deepspeed", '{"gradient_accumulation_steps": 2}', world_size=2)

    assert codes(reading) == [("batch-size-needed", "")]


def test_auto_is_reported_for_every_size_and_for_nothing_else() -> None:
    text = json.dumps(dict.fromkeys(SIZES, "auto") | {"gradient_clipping": "auto"})

    reading = read("deepspeed", text, world_size=2)

    assert codes(reading) == [("auto-value", f"/{key}") for key in SIZES]
    assert reading.ignored == ("gradient_clipping",)


def test_keys_without_a_bearing_are_ignored_and_strange_ones_are_unknown() -> None:
    text = json.dumps(SIZES | {"zero_optimization": {"stage": 3}, "train_batchsize": 1})

    reading = read("deepspeed", text)

    assert reading.ignored == ("zero_optimization",)
    assert reading.unknown == ("train_batchsize",)


def test_ranks_of_a_sequence_count_once() -> None:
    text = '{"train_batch_size": 64, "sequence_parallel_size": 4}'

    reading = read("deepspeed", text, world_size=16)

    assert reading.spec["data_parallel_size"] == 4
    assert reading.origins["/data_parallel_size"] == "sequence_parallel_size"


def test_drop_last_becomes_an_option() -> None:
    reading = read("deepspeed", json.dumps(SIZES | {"dataloader_drop_last": True}))

    assert reading.spec["framework"] == {"name": "deepspeed", "dataloader_drop_last": True}


@pytest.mark.parametrize(
    "block",
    [
        {"managed_gradient_accumulation": False},
        {"tensor_parallel": {"autotp_size": 2}},
        {"data_efficiency": {"enabled": True, "data_sampling": {"enabled": True}}},
    ],
)
def test_what_is_not_reproduced_is_refused(block: dict[str, object]) -> None:
    reading = read("deepspeed", json.dumps(SIZES | block))

    assert [code for code, _ in codes(reading)] == ["not-reproduced"]


def test_efficiency_without_sampling_is_no_matter() -> None:
    block = {"data_efficiency": {"enabled": True}, "tensor_parallel": {"autotp_size": 1}}

    reading = read("deepspeed", json.dumps(SIZES | block))

    assert reading.ignored == ("data_efficiency", "tensor_parallel")


def test_elasticity_that_overrides_the_sizes_leaves_them_out() -> None:
    block = {"enabled": True, "ignore_non_elastic_batch_info": True, "version": 0.1}

    reading = read("deepspeed", json.dumps(SIZES | {"elasticity": block}), world_size=2)

    assert reading.spec["framework"] == {"name": "deepspeed", "elasticity": block}
    assert "global_batch_size" not in reading.spec
    assert reading.ignored == tuple(SIZES)
    assert reading.origins["/framework/elasticity/version"] == "elasticity.version"


def test_elasticity_beside_sizes_hands_both_over() -> None:
    text = json.dumps(SIZES | {"elasticity": {"enabled": True}})

    reading = read("deepspeed", text, world_size=2)

    assert reading.spec["global_batch_size"] == 64
    assert reading.unknown == ()


def test_elasticity_that_is_off_is_ignored() -> None:
    text = json.dumps(SIZES | {"elasticity": {"enabled": False}})

    reading = read("deepspeed", text, world_size=8)

    assert reading.spec["framework"] == {"name": "deepspeed"}

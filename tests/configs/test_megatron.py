import pytest

from tests.configs.asking import codes, read

LINE = "--micro-batch-size 4 --global-batch-size 32 --train-iters 100"


def test_a_line_becomes_a_spec() -> None:
    reading = read("megatron", LINE, dataset_size=10_000, world_size=4)

    assert reading.spec == {
        "dataset_size": 10_000,
        "framework": {"name": "megatron", "dataloader_type": "single"},
        "data_parallel_size": 4,
        "micro_batch_size": 4,
        "global_batch_size": 32,
        "steps": 100,
        "sampling": {"method": "sequential"},
    }
    assert reading.origins["/steps"] == "--train-iters"


def test_without_a_global_batch_a_step_is_a_micro_step() -> None:
    reading = read("megatron", "--micro-batch-size 4 --train-samples 100", world_size=8)

    assert reading.spec["global_batch_size"] == 32
    assert reading.spec["samples"] == 100


@pytest.mark.parametrize(
    ("world_size", "code"), [(None, "world-size-needed"), (6, "world-size-does-not-fit")]
)
def test_ranks_must_be_a_multiple_of_the_model_parallel_ones(
    world_size: int | None, code: str
) -> None:
    text = f"{LINE} --tensor-model-parallel-size 2 --context-parallel-size 2"

    reading = read("megatron", text, world_size=world_size)

    assert codes(reading) == [(code, "")]


def test_sizes_that_are_no_numbers_are_refused_by_name() -> None:
    text = f"{LINE.replace('32', '$GBS')} --tensor-model-parallel-size two"

    reading = read("megatron", text, world_size=8)

    assert codes(reading) == [
        ("illegal-value", "/--tensor-model-parallel-size"),
        ("illegal-value", "/--global-batch-size"),
    ]


def test_what_is_missing_is_told_at_once() -> None:
    assert codes(read("megatron", "--bf16", world_size=1)) == [
        ("batch-size-needed", ""),
        ("budget-needed", ""),
    ]


def test_two_budgets_are_refused() -> None:
    reading = read("megatron", f"{LINE} --train-samples 100", world_size=4)

    assert codes(reading) == [("two-budgets", "/--train-samples")]


def test_options_of_the_cyclic_loader_are_handed_over() -> None:
    text = f"{LINE} --dataloader-type cyclic --no-data-sharding --eval-interval 50 --eval-iters 0"

    reading = read("megatron", text, world_size=4)

    assert reading.spec["framework"] == {
        "name": "megatron",
        "dataloader_type": "cyclic",
        "data_sharding": False,
        "eval_interval": 50,
        "eval_iters": 0,
    }
    assert reading.spec["sampling"] == {"method": "shuffle"}


def test_a_loader_of_ones_own_is_refused() -> None:
    reading = read("megatron", f"{LINE} --dataloader-type external", world_size=4)

    assert codes(reading) == [("illegal-value", "/--dataloader-type")]


def test_a_ramp_is_handed_over() -> None:
    text = (
        "--micro-batch-size 4 --global-batch-size 32 --train-samples 99 --rampup-batch-size 8 8 64"
    )

    reading = read("megatron", text, world_size=2)

    assert reading.spec["framework"] == {
        "name": "megatron",
        "rampup_batch_size": [8, 8, 64],
        "dataloader_type": "single",
    }


@pytest.mark.parametrize("ramp", ["8 8", "8", "8 8 x"])
def test_a_ramp_takes_three_integers(ramp: str) -> None:
    reading = read("megatron", f"{LINE} --rampup-batch-size {ramp}", world_size=2)

    assert codes(reading) == [("illegal-value", "/--rampup-batch-size")]


def test_a_batch_that_fits_is_not_rounded_down() -> None:
    reading = read("megatron", f"{LINE} --decrease-batch-size-if-needed", world_size=2)

    assert reading.spec["global_batch_size"] == 32
    assert "/framework/global_batch_size" not in reading.origins


def test_weights_of_datasets_are_a_blend() -> None:
    reading = read("megatron", f"{LINE} --data-path 0.3 a 7 b", world_size=2)

    options = reading.spec["framework"]
    assert isinstance(options, dict)
    assert options["blend"] == [0.3, 7]


def test_datasets_without_weights_are_refused() -> None:
    reading = read("megatron", f"{LINE} --data-path a b", world_size=2)

    assert codes(reading) == [("blend-needs-sizes", "/--data-path")]


@pytest.mark.parametrize("paths", ["a", "1.0 a"])
def test_one_dataset_is_no_blend(paths: str) -> None:
    reading = read("megatron", f"{LINE} --data-path {paths}", world_size=2)

    assert reading.faults == ()
    assert reading.ignored == ("--data-path",)


@pytest.mark.parametrize("argument", ["--skip-train", "--iterations-to-skip 3 4"])
def test_what_is_not_reproduced_is_refused(argument: str) -> None:
    reading = read("megatron", f"{LINE} {argument}", world_size=2)

    assert codes(reading) == [("not-reproduced", f"/{argument.split(maxsplit=1)[0]}")]


def test_arguments_of_others_are_unknown() -> None:
    text = f"torchrun --nproc_per_node 8 train.py {LINE} --seed 5 --num-layers 24"

    reading = read("megatron", text, world_size=4)

    assert reading.unknown == ("--nproc_per_node",)
    assert reading.ignored == ("--seed", "--num-layers")

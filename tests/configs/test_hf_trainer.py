import pytest

from tests.configs.asking import codes, read

BATCH = "per_device_train_batch_size: 8\n"


def test_arguments_that_are_not_given_have_their_defaults() -> None:
    reading = read("hf-trainer", "learning_rate: 1e-5", dataset_size=100, world_size=1)

    assert reading.spec == {
        "dataset_size": 100,
        "framework": {"name": "hf-trainer"},
        "data_parallel_size": 1,
        "gradient_accumulation_steps": 1,
        "micro_batch_size": 8,
        "epochs": 3,
        "sampling": {"seed": 42},
    }
    assert reading.ignored == ("learning_rate",)
    assert reading.origins == {}


def test_json_says_the_same_as_yaml() -> None:
    as_json = read("hf-trainer", '{"max_steps": 10, "seed": 1}', world_size=1)

    assert as_json == read("hf-trainer", "max_steps: 10\nseed: 1", world_size=1)


def test_max_steps_of_minus_one_decides_nothing() -> None:
    reading = read("hf-trainer", "max_steps: -1\nnum_train_epochs: 2.50", world_size=1)

    assert reading.spec["epochs"] == "2.5"
    assert reading.ignored == ("max_steps",)


def test_epochs_of_absurd_size_are_left_to_the_service() -> None:
    reading = read("hf-trainer", "num_train_epochs: 1e999999999", world_size=1)

    assert reading.spec["epochs"] == "1E+999999999"


def test_epochs_beside_max_steps_are_ignored() -> None:
    reading = read("hf-trainer", "max_steps: 5\nnum_train_epochs: 2", world_size=1)

    assert reading.spec["steps"] == 5
    assert "epochs" not in reading.spec
    assert reading.ignored == ("num_train_epochs",)


def test_a_launch_of_unknown_size_is_a_fault() -> None:
    assert codes(read("hf-trainer", BATCH)) == [("world-size-needed", "")]


def test_options_carry_their_own_names() -> None:
    text = """
dataloader_drop_last: true
data_seed: 3
train_sampling_strategy: sequential
accelerator_config: {even_batches: false, use_seedable_sampler: true, non_blocking: true}
"""

    reading = read("hf-trainer", text, world_size=2)

    assert reading.spec["framework"] == {
        "name": "hf-trainer",
        "data_seed": 3,
        "dataloader_drop_last": True,
        "even_batches": False,
    }
    assert reading.spec["sampling"] == {"seed": 42, "method": "sequential"}
    assert reading.ignored == (
        "accelerator_config.use_seedable_sampler",
        "accelerator_config.non_blocking",
    )


def test_a_batch_that_is_split_is_the_batch_of_all_ranks() -> None:
    text = f"{BATCH}accelerator_config: {{split_batches: true}}"

    reading = read("hf-trainer", text, world_size=4)

    assert reading.spec["micro_batch_size"] == 2


def test_a_batch_that_cannot_be_split_is_refused() -> None:
    text = f"{BATCH}accelerator_config: {{split_batches: true}}"

    reading = read("hf-trainer", text, world_size=3)

    assert codes(reading) == [("batch-not-split", "/accelerator_config/split_batches")]


def test_intervals_and_warmup_are_handed_over_as_they_are_written() -> None:
    text = """
warmup_steps: 0.05
logging_steps: 10
save_steps: 0.25
eval_strategy: steps
eval_steps: 20.0
"""

    reading = read("hf-trainer", text, world_size=1)

    assert reading.spec["framework"] == {
        "name": "hf-trainer",
        "warmup_steps": 0.05,
        "logging_steps": 10,
        "save_steps": 0.25,
        "eval_steps": 20,
    }


def test_an_evaluation_by_steps_without_a_number_follows_the_logs() -> None:
    reading = read("hf-trainer", "evaluation_strategy: steps", world_size=1)

    assert reading.spec["framework"] == {"name": "hf-trainer", "eval_steps": 0}
    assert reading.origins == {"/framework/eval_steps": "evaluation_strategy"}


def test_intervals_of_another_strategy_are_ignored() -> None:
    text = "save_strategy: epoch\nsave_steps: 5\neval_steps: 5\nwarmup_ratio: 0.0"

    reading = read("hf-trainer", text, world_size=1)

    assert reading.ignored == ("save_strategy", "save_steps", "eval_steps", "warmup_ratio")


def test_a_checkpoint_is_known_by_its_name() -> None:
    text = "resume_from_checkpoint: out/checkpoint-500\nignore_data_skip: true"

    reading = read("hf-trainer", text, world_size=1)

    assert reading.spec["framework"] == {
        "name": "hf-trainer",
        "resume_from_checkpoint": 500,
        "ignore_data_skip": True,
    }


def test_a_checkpoint_of_another_name_is_ignored() -> None:
    reading = read("hf-trainer", "resume_from_checkpoint: true", world_size=1)

    assert reading.ignored == ("resume_from_checkpoint",)


@pytest.mark.parametrize(
    "line",
    [
        "group_by_length: true",
        "auto_find_batch_size: true",
        "parallelism_config: {tp_size: 2}",
        "accelerator_config: {dispatch_batches: true}",
        "accelerator_config: {use_seedable_sampler: false}",
        "accelerator_config: {gradient_accumulation_kwargs: {num_steps: 2}}",
    ],
)
def test_what_is_not_reproduced_is_refused(line: str) -> None:
    reading = read("hf-trainer", line, world_size=1)

    assert [code for code, _ in codes(reading)] == ["not-reproduced"]
    assert reading.unknown == ()


def test_what_is_off_is_not_refused() -> None:
    reading = read("hf-trainer", "group_by_length: false", world_size=1)

    assert reading.faults == ()
    assert reading.ignored == ("group_by_length",)


def test_a_config_elsewhere_is_refused() -> None:
    reading = read("hf-trainer", "accelerator_config: accelerate.json", world_size=1)

    assert codes(reading) == [("config-elsewhere", "/accelerator_config")]


def test_every_fault_is_told_at_once() -> None:
    text = """
per_device_train_batch_size: 0
gradient_accumulation_steps: many
num_train_epochs: -1
seed: 1.5
dataloader_drop_last: 1
train_sampling_strategy: group_by_length
"""

    reading = read("hf-trainer", text, world_size=1)

    assert codes(reading) == [
        ("illegal-value", "/gradient_accumulation_steps"),
        ("illegal-value", "/per_device_train_batch_size"),
        ("illegal-value", "/num_train_epochs"),
        ("illegal-value", "/seed"),
        ("illegal-value", "/train_sampling_strategy"),
        ("illegal-value", "/dataloader_drop_last"),
    ]
    assert reading.faults[1].nearest == (1,)

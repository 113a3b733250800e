import pytest

from tests.configs.asking import codes, read

STREAM = """
max_duration: 10ep
global_train_batch_size: 64
train_loader:
  dataset: {local: data}
"""

EVERY_OPTION = """
max_duration: 20ba
global_train_batch_size: 64
seed: 17
train_loader:
  num_workers: 8
  drop_last: true
  dataset:
    remote: s3
    shuffle: true
    shuffle_seed: ${seed}
    shuffle_algo: py1s
    sampling_method: fixed
    partition_algo: orig
    num_canonical_nodes: 128
    shuffle_block_size: 1000
    epoch_size: 1e3
    sampling_granularity: 2
    predownload: 5
    batching_method: random
    replication: 1
"""


def test_a_dataset_with_streams_is_a_streaming_dataset() -> None:
    reading = read("composer", STREAM, dataset_size=100, world_size=8)

    assert reading.spec == {
        "dataset_size": 100,
        "framework": {"name": "mosaic-streaming"},
        "sampling": {"method": "sequential"},
        "data_parallel_size": 8,
        "global_batch_size": 64,
        "micro_batch_size": 8,
        "gradient_accumulation_steps": 1,
        "epochs": 10,
    }
    assert reading.origins["/framework/name"] == "train_loader.dataset.local"
    assert "train_loader.dataset.local" in reading.used


def test_any_other_dataset_is_read_by_torch() -> None:
    text = STREAM.replace("{local: data}", "{hf_name: c4, shuffle: true}")

    reading = read("composer", text, world_size=8)

    assert reading.spec["framework"] == {"name": "pytorch"}
    assert reading.spec["sampling"] == {"method": "shuffle"}
    assert reading.unknown == ("train_loader.dataset.hf_name",)


def test_options_of_the_streaming_dataset_are_handed_over() -> None:
    reading = read("composer", EVERY_OPTION, world_size=8)

    assert reading.spec["framework"] == {
        "name": "mosaic-streaming",
        "num_canonical_nodes": 128,
        "shuffle_block_size": 1000,
        "epoch_size": 1000,
        "sampling_granularity": 2,
        "partition_algo": "orig",
        "shuffle_algo": "py1s",
        "sampling_method": "fixed",
        "num_workers": 8,
        "drop_last": True,
    }
    assert reading.spec["sampling"] == {"seed": 17, "method": "shuffle"}
    assert reading.ignored == (
        "seed",
        "train_loader.dataset.predownload",
        "train_loader.dataset.batching_method",
        "train_loader.dataset.replication",
    )


def test_a_shuffle_without_a_seed_has_that_of_the_dataset() -> None:
    text = STREAM.replace("local: data", "local: data, shuffle: true")

    reading = read("composer", text, world_size=8)

    assert reading.spec["sampling"] == {"seed": 9176, "method": "shuffle"}


@pytest.mark.parametrize(
    "dataset",
    [
        "{local: data, batching_method: stratified}",
        "{local: data, replication: 2}",
        "{streams: {a: {local: x, proportion: 0.3}, b: 1}}",
    ],
)
def test_what_is_not_reproduced_is_refused(dataset: str) -> None:
    reading = read("composer", STREAM.replace("{local: data}", dataset), world_size=8)

    assert len(reading.faults) == 1


def test_streams_that_are_taken_whole_are_one_dataset() -> None:
    text = STREAM.replace("{local: data}", "{streams: {a: {local: x}, b: {local: y}}}")

    reading = read("composer", text, world_size=8)

    assert reading.faults == ()
    assert "train_loader.dataset.streams" in reading.used


def test_epochs_that_stop_early_are_refused() -> None:
    reading = read("composer", f"{STREAM}train_subset_num_batches: 5", world_size=8)

    assert codes(reading) == [("not-reproduced", "/train_subset_num_batches")]


@pytest.mark.parametrize("size", ["auto", "3", "16"])
def test_micro_batches_that_do_not_divide_a_batch_decide_nothing(size: str) -> None:
    reading = read("composer", f"{STREAM}device_train_microbatch_size: {size}", world_size=8)

    assert reading.spec["micro_batch_size"] == 8
    assert reading.ignored == ("device_train_microbatch_size",)


def test_micro_batches_decide_nothing_where_the_loader_drops_batches() -> None:
    text = f"{STREAM}  drop_last: true\ndevice_train_microbatch_size: 4"

    reading = read("composer", text, world_size=8)

    assert reading.spec["micro_batch_size"] == 8
    assert reading.ignored == ("device_train_microbatch_size",)


def test_micro_batches_are_the_accumulation_of_a_batch() -> None:
    reading = read("composer", f"{STREAM}device_train_microbatch_size: 2", world_size=8)

    assert reading.spec["micro_batch_size"] == 2
    assert reading.spec["gradient_accumulation_steps"] == 4
    assert reading.origins["/micro_batch_size"] == "device_train_microbatch_size"


def test_the_batch_of_a_loader_will_do() -> None:
    text = "max_duration: 3\ntrain_loader: {batch_size: 16, dataset: {local: data}}"

    reading = read("composer", text, world_size=8)

    assert reading.spec["micro_batch_size"] == 16
    assert reading.spec["epochs"] == 3


def test_a_batch_that_ranks_cannot_share_is_refused() -> None:
    reading = read("composer", STREAM, world_size=3)

    assert codes(reading) == [("batch-not-shared", "/global_train_batch_size")]


def test_what_is_missing_is_told_at_once() -> None:
    assert codes(read("composer", "seed: 1")) == [
        ("world-size-needed", ""),
        ("batch-size-needed", ""),
        ("budget-needed", ""),
    ]


def test_a_batch_without_ranks_is_not_divided() -> None:
    assert codes(read("composer", STREAM)) == [("world-size-needed", "")]


@pytest.mark.parametrize("size", ["0", "many"])
def test_illegal_batches_are_refused(size: str) -> None:
    text = STREAM.replace("64", size)

    assert codes(read("composer", text, world_size=8)) == [
        ("illegal-value", "/global_train_batch_size")
    ]


def test_an_illegal_batch_of_a_loader_is_refused() -> None:
    text = "max_duration: 3\ntrain_loader: {batch_size: 0}"

    assert codes(read("composer", text, world_size=8)) == [
        ("illegal-value", "/train_loader/batch_size")
    ]


@pytest.mark.parametrize(
    ("duration", "code"),
    [
        ("1dur", "illegal-value"),
        ("2.5ep", "duration-not-whole"),
        ("1e9tok", "tokens-per-sample-needed"),
    ],
)
def test_durations_that_no_plan_has_are_refused(duration: str, code: str) -> None:
    reading = read("composer", STREAM.replace("10ep", duration), world_size=8)

    assert [found for found, _ in codes(reading)] == [code]


def test_tokens_are_exact_and_are_counted_in_samples_of_the_sequence_length() -> None:
    text = f"{STREAM.replace('10ep', '1.000000000000000001e18tok')}max_seq_len: 2048"

    reading = read("composer", text, world_size=8)

    assert reading.spec["tokens"] == 10**18 + 1
    assert reading.spec["tokens_per_sample"] == 2048

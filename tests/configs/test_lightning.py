import pytest

from tests.configs.asking import codes, read

DATA = "data: {batch_size: 32}\n"


def trainer(settings: str) -> str:
    return f"{DATA}trainer: {{{settings}}}\n"


def test_a_config_of_a_trainer_becomes_a_spec() -> None:
    text = f"seed_everything: 3\n{trainer('max_epochs: 2, devices: 2, accumulate_grad_batches: 4')}"

    reading = read("lightning", text, dataset_size=10)

    assert reading.spec == {
        "dataset_size": 10,
        "framework": {"name": "lightning"},
        "data_parallel_size": 2,
        "micro_batch_size": 32,
        "gradient_accumulation_steps": 4,
        "epochs": 2,
        "sampling": {"seed": 3},
    }
    assert reading.origins["/gradient_accumulation_steps"] == "trainer.accumulate_grad_batches"
    assert reading.faults == ()


def test_a_run_without_limits_has_a_thousand_epochs() -> None:
    reading = read("lightning", trainer("max_epochs: null, max_steps: -1"), world_size=1)

    assert reading.spec["epochs"] == 1000


def test_steps_may_limit_the_run_alone() -> None:
    reading = read("lightning", trainer("max_epochs: -1, max_steps: 50"), world_size=1)

    assert reading.spec["steps"] == 50


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("max_epochs: 3, max_steps: 50", "two-limits"),
        ("max_epochs: -1", "no-limit"),
        ("max_epochs: 3, fast_dev_run: true", "not-reproduced"),
        ('max_epochs: 3, max_time: "00:12:00:00"', "not-reproduced"),
        ("max_epochs: 3, strategy: deepspeed_stage_2", "not-reproduced"),
        ("max_epochs: 3, strategy: {init_args: {}}", "not-reproduced"),
    ],
)
def test_runs_that_no_plan_describes_are_refused(settings: str, code: str) -> None:
    reading = read("lightning", trainer(settings), world_size=1)

    assert [found for found, _ in codes(reading)] == [code]


@pytest.mark.parametrize(
    ("devices", "ranks"),
    [("4", 4), ("'4'", 4), ("[0, 2]", 2), ("'0,1,3'", 3)],
)
def test_devices_are_counted_however_they_are_given(devices: str, ranks: int) -> None:
    reading = read("lightning", trainer(f"devices: {devices}, num_nodes: 2"))

    assert reading.spec["data_parallel_size"] == ranks * 2
    assert set(reading.used) >= {"trainer.devices", "trainer.num_nodes"}


@pytest.mark.parametrize("devices", ["auto", "-1", "'-1'", "null"])
def test_devices_that_nobody_counted_need_a_world_size(devices: str) -> None:
    text = trainer(f"devices: {devices}")

    assert codes(read("lightning", text)) == [("world-size-needed", "")]
    assert read("lightning", text, world_size=3).spec["data_parallel_size"] == 3


@pytest.mark.parametrize("devices", ["gpu", "0", "[]", "99999999999999", "1.5"])
def test_devices_that_are_no_number_are_refused(devices: str) -> None:
    reading = read("lightning", trainer(f"devices: '{devices}'"))

    assert ("illegal-value", "/trainer/devices") in codes(reading)


def test_a_world_size_must_be_that_of_the_config() -> None:
    text = trainer("devices: 4")

    assert codes(read("lightning", text, world_size=8)) == [
        ("world-size-differs", "/trainer/devices")
    ]
    assert read("lightning", text, world_size=4).faults == ()


def test_a_data_module_without_a_batch_size_leaves_it_to_the_reader() -> None:
    reading = read("lightning", "data: {class_path: my.Data}\n", world_size=1)

    assert reading.faults == ()
    assert "micro_batch_size" not in reading.spec


def test_a_seed_of_true_is_that_of_seed_everything() -> None:
    reading = read("lightning", f"seed_everything: true\n{DATA}", world_size=1)

    assert "sampling" not in reading.spec
    assert reading.ignored == ("seed_everything",)


@pytest.mark.parametrize(
    "strategy",
    [
        "ddp_find_unused_parameters_true",
        "fsdp",
        "{class_path: lightning.pytorch.strategies.DDPStrategy}",
        "{class_path: FSDPStrategy}",
    ],
)
def test_strategies_with_a_replica_for_every_rank_share_their_loaders(strategy: str) -> None:
    reading = read("lightning", trainer(f"strategy: {strategy}"), world_size=2)

    assert reading.spec["framework"] == {"name": "lightning", "strategy": "ddp"}


def test_a_strategy_of_auto_is_the_default() -> None:
    reading = read("lightning", trainer("strategy: auto"), world_size=2)

    assert reading.spec["framework"] == {"name": "lightning"}


def test_one_batch_and_all_of_them_stay_apart() -> None:
    settings = "limit_train_batches: 1, overfit_batches: 0.0, val_check_interval: 1.0"

    reading = read("lightning", trainer(settings), world_size=1)

    assert reading.spec["framework"] == {
        "name": "lightning",
        "limit_train_batches": 1,
        "overfit_batches": 0.0,
        "val_check_interval": 1.0,
    }
    options = reading.spec["framework"]
    assert isinstance(options, dict)
    assert isinstance(options["val_check_interval"], float)
    assert isinstance(options["limit_train_batches"], int)


def test_validation_by_the_clock_is_ignored() -> None:
    settings = 'val_check_interval: "00:01:00:00", check_val_every_n_epoch: 2'

    reading = read("lightning", trainer(settings), world_size=1)

    assert reading.ignored == ("trainer.val_check_interval",)
    assert reading.spec["framework"] == {"name": "lightning", "check_val_every_n_epoch": 2}


def test_the_sampler_may_be_the_users_own() -> None:
    reading = read("lightning", trainer("use_distributed_sampler: false"), world_size=2)

    assert reading.spec["framework"] == {"name": "lightning", "use_distributed_sampler": False}


def test_parameters_of_the_data_module_are_its_authors() -> None:
    text = f"{DATA.replace('32', '32, folds: 3')}model: {{dim: 1}}\ntrainer: {{precision: 16}}\n"

    reading = read("lightning", text, world_size=1)

    assert reading.ignored == ("model", "trainer.precision")
    assert reading.unknown == ("data.folds",)

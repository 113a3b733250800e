import pytest

from tests.frameworks.asking import Asking, Fields

ELASTIC = Asking({"name": "deepspeed", "version": "0.19.7"}, {"dataset_size": 10_000, "steps": 1})
SMALL = {"enabled": True, "max_train_batch_size": 32, "micro_batch_sizes": [1, 2, 3, 7]}


@pytest.mark.parametrize(
    ("changes", "code", "pointer", "nearest"),
    [
        ({"max_train_batch_size": None}, "elasticity-incomplete", "/max_train_batch_size", ()),
        ({"micro_batch_sizes": None}, "elasticity-incomplete", "/micro_batch_sizes", ()),
        ({"min_gpus": 9, "max_gpus": 8}, "elasticity-range-empty", "/min_gpus", (8,)),
        ({"version": 0.3}, "illegal-value", "/version", ("0.1", "0.2")),
        (
            {"model_parallel_size": 2, "version": 0.1},
            "elasticity-not-model-parallel",
            "/model_parallel_size",
            (1,),
        ),
        (
            {"model_parallel_size": 3, "num_gpus_per_node": 8},
            "elasticity-node-does-not-divide",
            "/num_gpus_per_node",
            (6, 9),
        ),
        (
            {"model_parallel_size": 3, "num_gpus_per_node": 2},
            "elasticity-node-does-not-divide",
            "/num_gpus_per_node",
            (3,),
        ),
        (
            {"micro_batch_sizes": [4, 33]},
            "elasticity-micro-batch-too-large",
            "/micro_batch_sizes",
            (32,),
        ),
        (
            {"num_gpus_per_node": 8},
            "elasticity-micro-batch-too-large",
            "/micro_batch_sizes",
            (4,),
        ),
        (
            {"num_gpus_per_node": 64},
            "elasticity-micro-batch-too-large",
            "/micro_batch_sizes",
            (),
        ),
        (
            {"min_gpus": 100, "version": 0.1},
            "elasticity-finds-nothing",
            "/max_train_batch_size",
            (),
        ),
        (
            {"min_gpus": 100, "prefer_larger_batch": False},
            "elasticity-finds-nothing",
            "/max_train_batch_size",
            (),
        ),
    ],
)
def test_a_block_that_leads_nowhere_is_refused(
    changes: Fields, code: str, pointer: str, nearest: tuple[int | str, ...]
) -> None:
    (fault, *_) = ELASTIC.faults({}, elasticity=SMALL | changes)

    assert (fault.code, fault.nearest) == (code, nearest)
    assert fault.pointer == f"/framework/elasticity{pointer}"


def test_sizes_whose_multiple_deepspeed_cannot_count_are_refused() -> None:
    primes = [2_147_483_647, 2_147_483_629, 2_147_483_587]
    block = SMALL | {"max_train_batch_size": 2**31 - 1, "micro_batch_sizes": primes}

    fault = ELASTIC.fault({}, elasticity=block)

    assert (fault.code, fault.given) == ("elasticity-overflows", primes)


def test_more_ranks_than_micro_batches_fit_are_refused() -> None:
    fault = ELASTIC.fault({"data_parallel_size": 33}, elasticity=SMALL)

    assert (fault.code, fault.pointer) == ("elasticity-finds-nothing", "/data_parallel_size")
    assert fault.allowed == "at most 32"


def test_a_number_of_ranks_that_is_none_is_the_only_fault() -> None:
    fault = ELASTIC.fault({"data_parallel_size": 0}, elasticity=SMALL)

    assert fault.pointer == "/data_parallel_size"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.frameworks.mosaic_streaming.setup import StreamingSetup
from tests.frameworks.streaming_plans import SEQUENTIAL, planned
from tests.strategies import sparingly


def test_ranks_of_all_nodes_are_the_ranks_of_the_run() -> None:
    plan = planned({}, num_physical_nodes=2, ranks_per_node=3)

    assert plan.spec.batch.data_parallel_size == 6


def test_ranks_that_are_told_are_left_as_they_are() -> None:
    plan = planned({"data_parallel_size": 6}, num_physical_nodes=2)

    assert StreamingSetup(plan.spec).ranks_per_node == 3


@pytest.mark.parametrize(
    ("algorithm", "canonical_nodes"), [("py1e", 3), ("naive", 3), ("py1s", 192), ("py2s", 192)]
)
def test_canonical_nodes_follow_from_the_nodes_of_the_first_run(
    algorithm: str, canonical_nodes: int
) -> None:
    plan = planned(SEQUENTIAL, shuffle_algo=algorithm, initial_physical_nodes=3)

    assert StreamingSetup(plan.spec).canonical_nodes == canonical_nodes


@pytest.mark.parametrize(("canonical_nodes", "block_size"), [(1, 4_000_000), (64, 262_144)])
def test_blocks_shrink_with_the_canonical_nodes_to_a_least_size(
    canonical_nodes: int, block_size: int
) -> None:
    plan = planned({"dataset_size": 64}, num_canonical_nodes=canonical_nodes)

    assert StreamingSetup(plan.spec).block_size == block_size


@sparingly
@given(
    size=st.integers(1, 60),
    first_nodes=st.sampled_from((1, 2, 3, 4, 6, 12)),
    nodes=st.sampled_from((1, 2, 3, 4, 6, 12)),
    drop_last=st.booleans(),
)
def test_loaders_yield_no_fewer_micro_batches_than_their_length(
    size: int, first_nodes: int, nodes: int, drop_last: bool
) -> None:
    state = {"initial_physical_nodes": first_nodes, "ranks_per_node": 1}
    fields = {"dataset_size": size + 24, "micro_batch_size": 24 // nodes, **SEQUENTIAL}

    setup = StreamingSetup(
        planned(fields, num_physical_nodes=nodes, drop_last=drop_last, **state).spec
    )

    assert setup.shape.micro_steps_per_epoch >= setup.dataloader_length

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.elastic_order import ElasticOrder
from app.sampling.elastic_partition import ElasticPartition
from app.sampling.elastic_ranks import ElasticRanks
from app.sampling.filling import filled
from app.sampling.layout import Progression
from tests.strategies import sparingly

PARTITION = ElasticPartition(sample_count=9_001, canonical_nodes=1, nodes=1, ranks_per_node=1)
RANKS = ElasticRanks(partition=PARTITION, data_parallel_size=2, micro_batch_size=5, drop_last=False)
REVERSED = ElasticOrder(ranks=RANKS, table=lambda: np.arange(9_000, -1, -1, dtype=np.uint32))
POSITIONS = RANKS.position_count


def all_of(order: ElasticOrder) -> list[int]:
    samples: list[int] = filled(order, Progression(0, 1, POSITIONS)).tolist()
    return samples


WHOLE = all_of(REVERSED)


@sparingly
@given(start=st.integers(0, 50), stride=st.integers(1, 4))
def test_a_slice_of_the_whole_is_the_whole_of_the_slice(start: int, stride: int) -> None:
    part = Progression(start, stride, (POSITIONS - start) // stride)

    samples = filled(REVERSED, part)

    assert samples.tolist() == WHOLE[start::stride][: part.count]


def test_a_table_renames_samples_and_leaves_blanks() -> None:
    plain = all_of(ElasticOrder(ranks=RANKS))

    renamed = all_of(REVERSED)

    assert renamed == [9_000 - sample if sample >= 0 else -1 for sample in plain]


def test_blanks_stand_at_the_end_of_a_micro_step_that_is_not_full() -> None:
    samples = all_of(REVERSED)

    assert samples[-10:] == [0] + [-1] * 9


def test_a_sample_is_found_at_every_position_that_holds_it() -> None:
    place = WHOLE.index(4_321)

    positions = [*REVERSED.positions_of(4_321, stop=POSITIONS)]

    assert positions == [place]


def test_positions_behind_the_stop_are_not_found() -> None:
    place = WHOLE.index(4_321)

    positions = [*REVERSED.positions_of(4_321, stop=place)]

    assert positions == []


def test_work_is_what_is_looked_at() -> None:
    assert (REVERSED.work(Progression(0, 7, 11)), REVERSED.search_work(stop=500)) == (11, 500)

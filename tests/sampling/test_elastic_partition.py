from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.sampling.elastic_partition import ElasticPartition
from tests.strategies import sparingly

GLOBAL_BATCH = 960
RANKS_PER_NODE = 8
ORIG_NODES = (1, 3, 5, 15, 30, 60, 120)
"""Nodes on which a run with 15 canonical nodes resumes: mosaicml-streaming, test_partition.py."""


@dataclass(frozen=True)
class Layout:
    canonical_nodes: int
    nodes: int
    ranks_per_node: int


@st.composite
def epochs(draw: st.DrawFn) -> tuple[Layout, int]:
    """A layout, and a number of samples that it can be filled up with."""
    few, times = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    canonical, nodes = draw(st.permutations((few, few * times)))
    layout = Layout(canonical, nodes, draw(st.integers(1, 7)))
    sample_count = draw(st.integers(1, 80))
    assume(not partition_of(layout, sample_count).overruns)
    return layout, sample_count


def partition_of(layout: Layout, sample_count: int, first_entry: int = 0) -> ElasticPartition:
    return ElasticPartition(
        sample_count=sample_count,
        canonical_nodes=layout.canonical_nodes,
        nodes=layout.nodes,
        ranks_per_node=layout.ranks_per_node,
        first_entry=first_entry,
    )


def entries_of(partition: ElasticPartition) -> list[int]:
    """Samples turn by turn, rank by rank."""
    ranks = partition.data_parallel_size
    turn, rank = np.divmod(np.arange(partition.turns * ranks), ranks)
    samples: list[int] = partition.samples_at(rank, turn).tolist()
    return samples


@sparingly
@given(epoch=epochs())
def test_every_sample_is_handed_out(epoch: tuple[Layout, int]) -> None:
    entries = entries_of(partition_of(*epoch))

    assert {*entries} == {*range(epoch[1])}


@sparingly
@given(epoch=epochs(), data=st.data())
def test_as_many_samples_are_distinct_as_are_counted(
    epoch: tuple[Layout, int], data: st.DataObject
) -> None:
    taken = data.draw(st.integers(0, epoch[1] + epoch[0].nodes))
    partition = partition_of(*epoch, taken)
    turns = data.draw(st.integers(0, partition.turns))

    counted = partition.distinct_samples(turns)

    assert counted == len({*entries_of(partition)[: turns * partition.data_parallel_size]})


@sparingly
@given(epoch=epochs(), data=st.data())
def test_an_entry_repeats_a_sample_if_an_earlier_one_has_it(
    epoch: tuple[Layout, int], data: st.DataObject
) -> None:
    partition = partition_of(*epoch)
    entries = entries_of(partition)
    place = data.draw(st.integers(0, len(entries) - 1))
    turn, rank = divmod(place, partition.data_parallel_size)

    repeats = partition.repeats(rank, turn)

    assert repeats == (entries[place] in entries[:place])


@sparingly
@given(epoch=epochs(), data=st.data())
def test_a_resumed_epoch_goes_on_where_it_stopped(
    epoch: tuple[Layout, int], data: st.DataObject
) -> None:
    whole = partition_of(*epoch)
    turns = data.draw(st.integers(0, whole.turns - 1))
    rest = partition_of(*epoch, turns * whole.data_parallel_size)
    assume(not rest.repeats_anew)

    resumed = entries_of(rest)

    assert resumed == entries_of(whole)[turns * whole.data_parallel_size :]


@sparingly
@given(epoch=epochs(), odd=st.integers(0, 5))
def test_entries_that_do_not_fill_the_nodes_are_taken_again(
    epoch: tuple[Layout, int], odd: int
) -> None:
    rounded = partition_of(*epoch, 0)

    early = partition_of(*epoch, min(odd, epoch[0].nodes - 1))

    assert entries_of(early) == entries_of(rounded)


def test_an_epoch_resumed_behind_its_end_is_empty() -> None:
    partition = partition_of(Layout(2, 2, 2), sample_count=10, first_entry=12)

    assert entries_of(partition) == []


def test_a_small_rest_of_an_epoch_is_filled_up_from_its_own_samples() -> None:
    partition = partition_of(Layout(1, 1, 4), sample_count=9, first_entry=8)

    assert (partition.repeats_anew, entries_of(partition)) == (True, [8, 8, 8, 8])


def test_the_end_of_a_node_is_filled_up_with_samples_of_a_turn_before() -> None:
    partition = partition_of(Layout(1, 1, 4), sample_count=9)

    assert entries_of(partition)[8:] == [8, 3, 4, 5]


def test_a_short_row_repeats_its_last_sample() -> None:
    partition = partition_of(Layout(2, 1, 1), sample_count=5)

    assert entries_of(partition) == [0, 2, 1, 3, 1, 4]


def test_a_row_is_filled_up_for_the_nodes_that_share_it() -> None:
    partition = partition_of(Layout(1, 3, 1), sample_count=7)

    assert entries_of(partition) == [0, 1, 2, 3, 4, 5, 6, 3, 4]


def test_a_row_too_short_to_fill_itself_up_overruns() -> None:
    partition = ElasticPartition(sample_count=3, canonical_nodes=1, nodes=4, ranks_per_node=1)

    assert partition.overruns


def test_fewer_samples_than_canonical_nodes_are_dealt_over_and_over() -> None:
    partition = partition_of(Layout(4, 2, 1), sample_count=3)

    assert (partition.is_tiled, entries_of(partition)) == (True, [0, 1, 2, 0])


@pytest.mark.parametrize("nodes", ORIG_NODES)
def test_a_global_batch_has_the_same_samples_on_any_number_of_nodes(nodes: int) -> None:
    first = entries_of(partition_of(Layout(15, 15, RANKS_PER_NODE), sample_count=10_000))

    other = entries_of(partition_of(Layout(15, nodes, RANKS_PER_NODE), sample_count=10_000))

    assert [{*other[start : start + GLOBAL_BATCH]} for start in range(0, 9_600, GLOBAL_BATCH)] == [
        {*first[start : start + GLOBAL_BATCH]} for start in range(0, 9_600, GLOBAL_BATCH)
    ]


def test_an_entry_costs_the_same_in_a_dataset_of_any_size() -> None:
    partition = partition_of(Layout(64, 8, 8), sample_count=2**61 + 1)

    last = partition.samples_at(np.array([63]), np.array([partition.turns - 1]))

    assert 0 <= int(last[0]) <= 2**61

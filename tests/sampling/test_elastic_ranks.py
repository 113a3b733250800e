import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.elastic_partition import ElasticPartition
from app.sampling.elastic_ranks import BLANK, ElasticRanks
from tests.strategies import sparingly

RELAXED_NODES = (2, 4, 6, 8, 10, 12, 20, 24, 40)
"""Nodes on which only the relaxed partition resumes: mosaicml-streaming, test_partition.py."""


def dealt(sample_count: int, first_nodes: int, nodes: int, row: int, **more: bool) -> ElasticRanks:
    """An epoch handed out to some nodes of one rank, and taken by others."""
    partition = ElasticPartition(
        sample_count=sample_count, canonical_nodes=first_nodes, nodes=first_nodes, ranks_per_node=1
    )
    return ElasticRanks(
        partition=partition,
        data_parallel_size=nodes,
        micro_batch_size=row // nodes,
        drop_last=more.get("drop_last", False),
        as_loaded=more.get("as_loaded", False),
    )


def samples_of(ranks: ElasticRanks) -> list[int]:
    samples: list[int] = ranks.samples(np.arange(ranks.position_count)).tolist()
    return samples


def of_rank(ranks: ElasticRanks, rank: int) -> list[int]:
    return samples_of(ranks)[rank :: ranks.data_parallel_size]


divisors = st.sampled_from((1, 2, 3, 4, 6, 12))
sizes = st.integers(12, 60)
flags = st.booleans()


@sparingly
@given(size=sizes, first=divisors, nodes=divisors)
def test_other_ranks_take_the_same_samples_in_every_micro_step(
    size: int, first: int, nodes: int
) -> None:
    own, others = (samples_of(dealt(size, first, each, row=12)) for each in (first, nodes))

    rows = range(0, max(len(own), len(others)), 12)

    assert [sorted({*others[start : start + 12]} - {BLANK}) for start in rows] == [
        sorted({*own[start : start + 12]} - {BLANK}) for start in rows
    ]


@sparingly
@given(size=sizes, first=divisors, nodes=divisors, drop_last=flags, as_loaded=flags)
def test_positions_are_samples_and_blanks(
    size: int, first: int, nodes: int, drop_last: bool, as_loaded: bool
) -> None:
    ranks = dealt(size, first, nodes, row=12, drop_last=drop_last, as_loaded=as_loaded)

    samples = samples_of(ranks)

    assert (samples.count(BLANK), len(samples)) == (
        ranks.blanks,
        ranks.yielded_samples + ranks.blanks,
    )


@sparingly
@given(size=sizes, first=divisors, nodes=divisors, drop_last=flags, as_loaded=flags)
def test_distinct_samples_are_counted_after_every_micro_step(
    size: int, first: int, nodes: int, drop_last: bool, as_loaded: bool
) -> None:
    ranks = dealt(size, first, nodes, row=12, drop_last=drop_last, as_loaded=as_loaded)
    samples, ends = samples_of(ranks), [*range(0, ranks.position_count, 12), ranks.position_count]

    counted = [ranks.distinct_until(end) for end in ends]

    assert counted == [len({*samples[:end]} - {BLANK}) for end in ends]


@sparingly
@given(size=sizes, first=divisors, nodes=divisors)
def test_loaders_that_drop_a_short_micro_batch_yield_full_ones(
    size: int, first: int, nodes: int
) -> None:
    ranks = dealt(size, first, nodes, row=12, drop_last=True)

    lengths = {len([s for s in of_rank(ranks, rank) if s != BLANK]) for rank in range(nodes)}

    assert all(length % ranks.micro_batch_size == 0 for length in lengths)


@sparingly
@given(size=sizes, first=divisors, nodes=divisors, drop_last=flags)
def test_ranks_have_full_micro_batches_that_hold_what_loaders_yield(
    size: int, first: int, nodes: int, drop_last: bool
) -> None:
    shown, loaded = (
        dealt(size, first, nodes, row=12, drop_last=drop_last, as_loaded=as_loaded)
        for as_loaded in (False, True)
    )

    lists = [of_rank(shown, rank) for rank in range(nodes)]

    assert {len(each) % shown.micro_batch_size for each in lists} == {0}
    assert [[s for s in each if s != BLANK] for each in lists] == [
        [s for s in of_rank(loaded, rank) if s != BLANK] for rank in range(nodes)
    ]


def test_ranks_of_other_nodes_may_have_nothing_in_the_last_micro_step() -> None:
    ranks = dealt(7, first_nodes=1, nodes=2, row=6)

    assert (ranks.last_shares, of_rank(ranks, 0), of_rank(ranks, 1)) == (
        (1, 0),
        [0, 1, 2, 6, BLANK, BLANK],
        [3, 4, 5, BLANK, BLANK, BLANK],
    )


def test_blanks_are_as_many_as_a_rank_has_less_where_loaders_yield() -> None:
    ranks = dealt(7, first_nodes=1, nodes=2, row=6, as_loaded=True)

    assert (of_rank(ranks, 0), of_rank(ranks, 1)) == ([0, 1, 2, 6], [3, 4, 5, BLANK])


def test_blanks_stand_between_samples_where_micro_batches_of_others_are_joined() -> None:
    ranks = dealt(8, first_nodes=2, nodes=1, row=6)

    assert of_rank(ranks, 0) == [0, 1, 2, 4, 5, 6, 3, BLANK, BLANK, 7, BLANK, BLANK]


def test_a_full_share_of_a_short_micro_step_is_not_dropped() -> None:
    ranks = dealt(10, first_nodes=1, nodes=2, row=6, drop_last=True)

    assert (of_rank(ranks, 0), of_rank(ranks, 1)) == (
        [0, 1, 2, 6, 7, 8],
        [3, 4, 5, BLANK, BLANK, BLANK],
    )


def deal_of_the_15_node_run(nodes: int) -> list[set[int]]:
    """Micro-steps of 960 samples, handed out to 15 nodes of 8 ranks and taken by others."""
    ranks = ElasticRanks(
        partition=ElasticPartition(
            sample_count=10_000, canonical_nodes=15, nodes=15, ranks_per_node=8
        ),
        data_parallel_size=8 * nodes,
        micro_batch_size=960 // (8 * nodes),
        drop_last=False,
    )
    samples = samples_of(ranks)
    return [{*samples[start : start + 960]} - {BLANK} for start in range(0, len(samples), 960)]


@pytest.mark.parametrize("nodes", RELAXED_NODES)
def test_a_relaxed_partition_has_the_micro_steps_of_the_first_run(nodes: int) -> None:
    micro_steps = deal_of_the_15_node_run(nodes)

    assert micro_steps == deal_of_the_15_node_run(15)


def test_samples_of_a_short_micro_step_that_is_kept_are_counted_once() -> None:
    ranks = dealt(10, first_nodes=1, nodes=2, row=6, drop_last=True)

    counted = [ranks.distinct_until(end) for end in (0, 6, ranks.position_count)]

    assert counted == [0, 6, 9]


def test_a_sample_that_two_ranks_have_in_the_last_micro_step_counts_once() -> None:
    ranks = dealt(17, first_nodes=4, nodes=6, row=12, drop_last=True)

    counted = (ranks.distinct_samples, ranks.yielded_samples)

    assert counted == (14, 16)

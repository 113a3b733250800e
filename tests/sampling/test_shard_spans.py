import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.sampling.shard_spans import Spans, chained
from tests.strategies import sparingly

sizes = st.lists(st.integers(1, 9), min_size=1, max_size=12)
parts = st.integers(1, 15)


@sparingly
@given(sizes=sizes, parts=parts)
def test_parts_together_are_the_whole(sizes: list[int], parts: int) -> None:
    divided = Spans.of_shards(sizes).divided(parts)

    assert chained(divided).samples().tolist() == [*range(sum(sizes))]


@sparingly
@given(sizes=sizes, parts=parts)
def test_parts_are_of_one_length_to_a_sample(sizes: list[int], parts: int) -> None:
    lengths = [len(part.samples()) for part in Spans.of_shards(sizes).divided(parts)]

    assert max(lengths) - min(lengths) <= 1


@sparingly
@given(sizes=sizes, parts=parts)
def test_no_piece_crosses_the_end_of_a_shard(sizes: list[int], parts: int) -> None:
    shards = Spans.of_shards(sizes)
    shard_of = np.repeat(np.arange(len(sizes)), sizes)

    pieces = chained(shards.divided(parts))

    assert (shard_of[pieces.starts] == shard_of[pieces.starts + pieces.sizes - 1]).all()


@sparingly
@given(sizes=sizes, seed=st.integers(0, 9))
def test_shuffled_spans_are_shuffled_as_a_list_of_them(sizes: list[int], seed: int) -> None:
    shards = Spans.of_shards(sizes)
    listed = [*zip(shards.starts.tolist(), shards.sizes.tolist(), strict=True)]
    np.random.default_rng(seed).shuffle(listed)

    shuffled = shards.shuffled(np.random.default_rng(seed))

    assert [*zip(shuffled.starts, shuffled.sizes, strict=True)] == listed


@sparingly
@given(sizes=sizes)
def test_slices_are_the_places_of_spans_with_something_to_shuffle(sizes: list[int]) -> None:
    places = [*Spans.of_shards(sizes).slices()]

    assert [place.stop - place.start for place in places] == [size for size in sizes if size > 1]

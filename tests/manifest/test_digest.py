from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import WorkLimitError
from app.manifest.digest import check_digest_work, growing_digest
from app.manifest.index_type import IndexType
from app.manifest.selection import Selection, select
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import written


@moderate
@given(selection=selections(), index_type=st.sampled_from(IndexType))
def test_the_last_digest_is_that_of_the_raw_bytes(
    selection: Selection, index_type: IndexType
) -> None:
    content = written(selection, "raw", index_type)

    *_, last = growing_digest(selection, index_type)

    assert last.sha256 == sha256(content).hexdigest()
    assert last.size == len(content)
    assert last.sample_count == selection.members.count


def test_the_digest_grows_block_by_block() -> None:
    counts = [
        digest.sample_count
        for digest in growing_digest(select(plan_of(70_000), epoch=0), IndexType.INT64)
    ]

    assert counts == [0, 32_768, 65_536, 70_000]


@moderate
@given(selection=selections(), limit=st.integers(1, 2_000))
def test_the_stop_that_a_refusal_names_is_the_last_legal_one(
    selection: Selection, limit: int
) -> None:
    try:
        check_digest_work(selection, limit=limit)
    except WorkLimitError as refusal:
        nearest = refusal.faults[0].nearest
    else:
        return
    stop = int(nearest[0]) if nearest else selection.start_step

    if nearest:
        check_digest_work(selection.until(stop), limit=limit)
    with pytest.raises(WorkLimitError):
        check_digest_work(selection.until(stop + 1), limit=limit)


def test_the_largest_slice_of_the_largest_dataset_is_found() -> None:
    with pytest.raises(WorkLimitError) as refusal:
        check_digest_work(select(plan_of(FAR, 10), epoch=0, start_step=7), limit=2**28)

    assert refusal.value.faults[0].nearest == (7 + 2**28 // 10,)


@pytest.mark.parametrize(("ranks", "advice"), [(1, "no step"), (5, "ask for one rank")])
def test_a_single_step_above_the_limit_has_no_nearest_stop(ranks: int, advice: str) -> None:
    with pytest.raises(WorkLimitError) as refusal:
        check_digest_work(select(plan_of(FAR, 100, ranks=ranks), epoch=0), limit=50)

    (fault,) = refusal.value.faults
    assert fault.nearest == ()
    assert advice in fault.allowed


def test_a_digest_of_nothing_is_always_within_the_limit() -> None:
    selection = select(plan_of(1_000), epoch=0, stop_step=0)

    check_digest_work(selection, limit=1)

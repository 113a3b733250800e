import json

import pytest
from hypothesis import given

from app.manifest.blocks import BLOCK_INDICES
from app.manifest.ndjson import ndjson_blocks
from app.manifest.page import listed_indices
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from tests.manifest.plans import moderate, plan_of, selections
from tests.manifest.reading import indices_of, ndjson_rows


def rows(selection: Selection, group: Group) -> list[dict[str, object]]:
    return ndjson_rows(b"".join(ndjson_blocks(selection, group)))


@moderate
@given(selection=selections())
def test_there_is_a_row_for_every_step_with_its_number(selection: Selection) -> None:
    lists = json.loads(listed_indices(selection, Group.STEP))

    assert rows(selection, Group.STEP) == [
        {"step_in_epoch": step, "sample_indices": indices}
        for step, indices in enumerate(lists, start=selection.start_step)
    ]


@moderate
@given(selection=selections())
def test_there_is_a_row_for_every_micro_step_with_its_number(selection: Selection) -> None:
    steps = json.loads(listed_indices(selection, Group.MICRO_STEP))

    assert rows(selection, Group.MICRO_STEP) == [
        {"step_in_epoch": step, "micro_step": micro_step, "sample_indices": indices}
        for step, micro_steps in enumerate(steps, start=selection.start_step)
        for micro_step, indices in enumerate(micro_steps)
    ]


@moderate
@given(selection=selections())
def test_flat_is_one_row(selection: Selection) -> None:
    assert rows(selection, Group.FLAT) == [
        {
            "start_step": selection.start_step,
            "stop_step": selection.stop_step,
            "sample_indices": indices_of(selection),
        }
    ]


@pytest.mark.parametrize("size", [BLOCK_INDICES, BLOCK_INDICES + 1, 2 * BLOCK_INDICES + 5])
def test_rows_longer_than_a_block_come_in_pieces(size: int) -> None:
    selection = select(plan_of(3 * size // 2, size), epoch=0)

    pieces = [*ndjson_blocks(selection, Group.STEP)]

    full, short = ndjson_rows(b"".join(pieces))
    assert full["sample_indices"] == indices_in(selection, 0)
    assert short["sample_indices"] == indices_in(selection, 1)
    assert max(map(len, pieces)) <= 6 * BLOCK_INDICES + 40


def indices_in(selection: Selection, step: int) -> object:
    one = select(selection.plan, epoch=0, start_step=step, stop_step=step + 1)
    return json.loads(listed_indices(one, Group.FLAT))


def test_rows_that_touch_many_tables_come_in_small_pieces() -> None:
    # every index of this rank stands in a pass of its own, and every pass has a table
    plan = plan_of(65_000, ranks=100_000, steps_per_epoch=1_000)
    selection = select(plan, epoch=0, rank=0, stop_step=200)

    pieces = [*ndjson_blocks(selection, Group.STEP)]

    lines = [piece.count(b"\n") for piece in pieces]
    assert sum(lines) == 200
    assert max(lines) <= 128


def test_a_row_that_is_dear_by_itself_comes_in_pieces() -> None:
    plan = plan_of(65_000, 200, ranks=100_000, steps_per_epoch=2)
    selection = select(plan, epoch=0, rank=0, stop_step=1)

    pieces = [*ndjson_blocks(selection, Group.STEP)]

    assert len(pieces) > 3
    (row,) = ndjson_rows(b"".join(pieces))
    assert row["sample_indices"] == indices_of(selection)

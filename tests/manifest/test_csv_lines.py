from hypothesis import given

from app.manifest.csv_lines import csv_blocks
from app.manifest.selection import Selection, select
from tests.manifest.plans import FAR, moderate, plan_of, selections
from tests.manifest.reading import csv_columns, indices_of, steps_of


@moderate
@given(selection=selections())
def test_every_line_says_where_its_sample_stands(selection: Selection) -> None:
    positions = [*selection.members.positions()]

    columns = csv_columns(b"".join(csv_blocks(selection)))

    assert columns == {
        "step_in_epoch": steps_of(selection),
        "position": positions,
        "sample_index": indices_of(selection),
    }


def test_the_header_stands_alone_where_nothing_is_selected() -> None:
    blocks = csv_blocks(select(plan_of(10), epoch=0, stop_step=0))

    assert b"".join(blocks) == b"step_in_epoch,position,sample_index\n"


def test_positions_are_exact_at_the_far_end() -> None:
    plan = plan_of(FAR)

    columns = csv_columns(b"".join(csv_blocks(select(plan, epoch=0, start_step=FAR - 2))))

    assert columns["position"] == columns["step_in_epoch"] == [FAR - 2, FAR - 1]


def test_lines_run_on_across_blocks() -> None:
    columns = csv_columns(b"".join(csv_blocks(select(plan_of(70_000, 7), epoch=0))))

    assert columns["position"] == [*range(70_000)]
    assert sorted(columns["sample_index"]) == [*range(70_000)]

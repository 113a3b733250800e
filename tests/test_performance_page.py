"""The page about performance shows what was measured last, and nothing else."""

import re

from tests.golden.record_performance import PAGE, parts, pictures, recorded


def test_the_page_holds_the_numbers_that_were_measured() -> None:
    page = PAGE.read_text(encoding="utf-8")

    fresh = recorded(page)

    assert fresh == page


def test_every_part_of_the_page_is_written_by_the_recorder() -> None:
    page = PAGE.read_text(encoding="utf-8")

    places = re.findall(r"<!-- (\w+) -->", page)

    assert places == [name for name, _ in parts()]


def test_the_pictures_show_what_was_measured() -> None:
    shown = {path: path.read_text("utf-8") for path, _ in pictures()}

    outdated = [path.name for path, series in pictures() if series.digest not in shown[path]]

    assert outdated == []

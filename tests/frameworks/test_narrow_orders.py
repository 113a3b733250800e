"""Orders of every framework, written as 32-bit and as 64-bit numbers."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from app.manifest.selection import Selection, select
from app.plan.planner import Plan
from app.sampling.filling import filled, filled_with
from tests.frameworks.answering import plan_of_case
from tests.frameworks.test_peer_records import RECORDS, records_of

PLANS_OF_A_FRAMEWORK = 25


def plans_of(path: Path) -> Iterator[Plan]:
    """Plans whose samples all fit into 32 bits."""
    for record in records_of(path):
        if "refused" not in record["answer"] and not record["case"].get("digest"):
            plan = plan_of_case(record["case"])
            if not plan.framework.has_blanks(plan.spec):
                yield plan


def selections(path: Path) -> Iterator[Selection]:
    """The last rank of the last epoch of every plan."""
    for plan in islice(plans_of(path), PLANS_OF_A_FRAMEWORK):
        ranks = plan.spec.batch.data_parallel_size
        yield select(plan, epoch=plan.run.epochs - 1, rank=ranks - 1)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_an_order_is_the_same_in_numbers_of_any_width(path: Path) -> None:
    pairs = [
        (filled_with(part.order(), part.members, np.uint32), filled(part.order(), part.members))
        for part in selections(path)
    ]

    assert [(narrow == wide).all() for narrow, wide in pairs] == [True] * PLANS_OF_A_FRAMEWORK

"""The JSON of a page of a manifest.

Ours: `app.manifest.page.listed_indices`, as the service calls it for GET .../manifest: it computes
100,000 sample indices of an epoch of 10^12 samples and writes them as JSON.
Theirs: `json.dumps` of the very same indices, which lie ready as a list of int, with the shortest
separators. So ours computes the indices as well, and theirs does not.
"""

import json
from collections.abc import Iterator

from app.manifest.page import listed_indices
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from tests.bench.interleaved import interleaved, ratios, timed
from tests.bench.mode import Mode
from tests.bench.native import EPOCH, native_plan
from tests.bench.result import Bar, Result, Spread

INDICES = 100_000
GLOBAL_BATCH_SIZE = 1_000
PEER = "json.dumps of the standard library, of a list that lies ready"


def measure(mode: Mode) -> Iterator[Result]:
    selection = page()
    for group in Group:
        yield _compared(selection, group, mode)


def page() -> Selection:
    """100,000 indices in the middle of the third epoch."""
    plan = native_plan(10**12, step=GLOBAL_BATCH_SIZE)
    start = plan.run.shape.steps_per_epoch // 2
    steps = INDICES // GLOBAL_BATCH_SIZE
    return select(plan, epoch=EPOCH, rank=0, start_step=start, stop_step=start + steps)


def _compared(selection: Selection, group: Group, mode: Mode) -> Result:
    written = listed_indices(selection, group)
    lists = json.loads(written)
    plain = json.dumps(lists, separators=(",", ":")).encode()
    ours, theirs = interleaved(
        [
            timed(lambda: listed_indices(selection, group)),
            timed(lambda: json.dumps(lists, separators=(",", ":"))),
        ],
        mode.repetitions(full=51, quick=11),
    )
    name = f"JSON page of {INDICES:,} indices, {group.name.lower()}"
    if written != plain:
        return Result.not_measured(name, "the two do not write the same bytes")
    return Result(
        name=name,
        value=ratios(theirs, ours).median,
        unit="x json",
        bar=Bar(limit=8),
        ours=Spread.of_speeds(ours, INDICES / 1e6),
        theirs=Spread.of_speeds(theirs, INDICES / 1e6),
        sides_unit="Mi/s",
        peer=PEER,
        note="the same bytes; ours computes the indices too",
    )

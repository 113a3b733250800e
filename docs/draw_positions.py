"""Draws docs/positions.svg: how positions become sample indices, with the numbers of a real plan.

Run it as `python -m docs.draw_positions` after a change of the native order or layout.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.manifest.selection import select
from app.plan.planner import Plan, plan_draft
from app.sampling.filling import filled
from app.sampling.layout import place_in_step

PICTURE: Final = Path(__file__).with_name("positions.svg")
_CELL, _LEFT, _TOP = 38, 150, 74
_COLOURS: Final = ("#3b6fb6", "#c8662b")
_HEAD: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 930 372"
  font-family="DejaVu Sans, Verdana, sans-serif" font-size="14">
<rect width="930" height="372" fill="#ffffff"/>
<style>
.n{text-anchor:middle;font-size:13px}
.l{font-weight:bold}
.s{fill:#555555;font-size:12px}
.w{fill:#ffffff}
</style>
"""


def example_plan() -> Plan:
    """20 samples, global batch 8 = 2 samples x 2 micro-steps x 2 ranks."""
    return plan_draft(
        SpecDraft(
            dataset_size=20,
            micro_batch_size=2,
            gradient_accumulation_steps=2,
            data_parallel_size=2,
            epochs=Fraction(1),
        )
    )


def picture() -> str:
    """The drawing as SVG."""
    plan = example_plan()
    return "\n".join([_HEAD + _steps(plan), *_rows(plan), *_ranks(plan), "</svg>\n"])


def _steps(plan: Plan) -> str:
    parts = []
    for step in range(plan.run.total_steps):
        positions = plan.run.shape.step_positions(step)
        x, width = _x(positions.start), (positions.stop - positions.start) * _CELL - 6
        label = f"step {step}: {positions.stop - positions.start} samples"
        parts.append(_text(x + width / 2, 30, label, "n l"))
        parts.append(f'<path d="M{x} 50v-8h{width}v8" fill="none" stroke="#555555"/>')
    return "\n".join(parts)


def _rows(plan: Plan) -> Iterator[str]:
    chosen = select(plan, epoch=0)
    indices = filled(chosen.order(), chosen.members)
    yield _text(14, _TOP + 20, "position", "l")
    yield _text(14, _TOP + 64, "order", "s")
    yield _text(14, _TOP + 112, "sample_index", "l")
    for position, index in enumerate(indices.tolist()):
        x, rank = _x(position), _rank(plan, position)
        yield _cell(x, _TOP, position, "#e8edf3", "")
        yield f'<path d="M{x + 16} {_TOP + 36}v48m-4 -7l4 7l4 -7" fill="none" stroke="#888888"/>'
        yield _cell(x, _TOP + 92, index, _COLOURS[rank], "w")


def _ranks(plan: Plan) -> Iterator[str]:
    size = plan.spec.batch.global_batch_size
    for rank, colour in enumerate(_COLOURS):
        y = 236 + rank * 56
        yield f'<text x="14" y="{y + 20}" class="l" fill="{colour}">rank {rank}</text>'
        for step in range(plan.run.total_steps):
            chosen = select(plan, epoch=0, rank=rank, start_step=step, stop_step=step + 1)
            listed = filled(chosen.order(), chosen.members).tolist()
            for turn, index in enumerate(listed):
                gap = turn // plan.spec.batch.micro_batch_size * 14
                yield _cell(_x(step * size) + turn * _CELL + gap, y, index, colour, "w")
    note = "layout: positions go round the ranks; every 2 slots of a rank are one micro-step"
    yield _text(14, 352, note, "s")


def _rank(plan: Plan, position: int) -> int:
    batch = plan.spec.batch
    layout = plan.framework.layout(plan.spec)
    return place_in_step(layout, position % batch.global_batch_size, batch).rank


def _x(position: int) -> int:
    return _LEFT + position * _CELL


def _cell(x: float, y: float, number: int, colour: str, style: str) -> str:
    box = f'<rect x="{x}" y="{y}" width="32" height="32" rx="4" fill="{colour}"/>'
    return box + _text(x + 16, y + 21, str(number), f"n {style}".strip())


def _text(x: float, y: float, content: str, style: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{style}">{content}</text>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")

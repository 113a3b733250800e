"""A plan as a table for people."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from app.cli.refusals import Fields, text_of
from app.cli.screen import Screen
from app.web.echo import clean

_GROUPS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("Run", ("epochs", "total_steps", "total_micro_steps", "total_samples", "passes")),
    (
        "Epoch",
        (
            "epoch_kind",
            "steps_per_epoch",
            "micro_steps_per_epoch",
            "samples_per_epoch",
            "last_step_samples",
            "dropped_samples_per_epoch",
            "padded_samples_per_epoch",
        ),
    ),
    ("End", ("final_epoch_steps", "final_step_samples")),
)


def show_plan(plan: Fields, screen: Screen) -> None:
    """The spec with everything solved, the numbers of the plan, its coverage and its name."""
    screen.title("Spec")
    screen.rows(_rows(_object(plan, "spec")))
    for title, names in _GROUPS:
        screen.title(title)
        screen.rows(_rows({name: plan[name] for name in names if name in plan}))
    screen.title("Coverage")
    screen.rows(_rows(_object(plan, "coverage")))
    if own := _object(plan, "framework_numbers"):
        screen.title("The framework's own numbers")
        screen.rows(_rows(own))
    screen.title("Plan")
    screen.line(f"  {text_of(plan, 'plan_id')}")


def _rows(fields: Fields, prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, dict):
            rows += _rows(cast("Fields", value), f"{prefix}{name}.")
        elif value is not None:
            rows.append((clean(f"{prefix}{name}"), shown(value)))
    return rows


def shown(value: object) -> str:
    """A value as people read it: long integers in groups of three digits.

    >>> shown(1281167), shown("shuffle"), shown(True)
    ('1,281,167', 'shuffle', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else clean(str(value))


def _object(plan: Fields, name: str) -> Mapping[str, object]:
    value = plan.get(name)
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}

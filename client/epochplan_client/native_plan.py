"""The numbers of a native plan, from the fields of its plan_id: exact integers, as everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any, Final

from epochplan_client.geometry import Geometry, ceil_div
from epochplan_client.plan import Plan

_BUDGETS: Final = ("epochs", "steps", "samples", "tokens")


def native_plan(plan_id: str, fields: Mapping[str, Any]) -> Plan:
    """The plan that the fields of a native plan_id describe; its document has no findings.

    >>> fields = {"dataset_size": 20, "global_batch_size": 8, "steps": 7}
    >>> native = {"framework": {"name": "native", "version": "1"}}
    >>> plan = native_plan("ep1_x", fields | native)
    >>> plan.epochs, plan.steps_per_epoch, plan.final_step_samples, plan.total_samples
    (3, 3, 8, 48)
    """
    spec = _settled(fields)
    shape = _Shape.of(spec)
    total = shape.steps_of_budget(spec)
    epochs = ceil_div(total, shape.steps)
    final = total - (epochs - 1) * shape.steps
    document = {
        "plan_id": plan_id,
        "order_algorithm": "epochplan-1",
        "spec": spec,
        "epoch_kind": _epoch_kind(spec),
        "steps_per_epoch": shape.steps,
        "micro_steps_per_epoch": shape.micro_steps(shape.steps),
        "samples_per_epoch": shape.samples,
        "last_step_samples": shape.step_samples(shape.steps - 1),
        "dropped_samples_per_epoch": shape.dropped,
        "padded_samples_per_epoch": shape.padded,
        "epochs": epochs,
        "total_steps": total,
        "total_micro_steps": (epochs - 1) * shape.micro_steps(shape.steps)
        + shape.micro_steps(final),
        "total_samples": (epochs - 1) * shape.samples + shape.samples_until(final),
        "final_epoch_steps": final,
        "final_step_samples": shape.step_samples(final - 1),
    }
    return Plan.from_document(document)


def _settled(fields: Mapping[str, Any]) -> dict[str, Any]:
    ranks = fields.get("data_parallel_size", 1)
    accumulation = fields.get("gradient_accumulation_steps", 1)
    virtual = "steps_per_epoch" in fields
    return {
        "dataset_size": fields["dataset_size"],
        "global_batch_size": fields["global_batch_size"],
        "micro_batch_size": fields["global_batch_size"] // (ranks * accumulation),
        "gradient_accumulation_steps": accumulation,
        "data_parallel_size": ranks,
        **{name: fields.get(name) for name in _BUDGETS},
        "tokens_per_sample": fields.get("tokens_per_sample"),
        "steps_per_epoch": fields.get("steps_per_epoch"),
        "remainder": None if virtual else fields.get("remainder", "keep"),
        "sampling": {"method": "shuffle", "seed": 0} | fields.get("sampling", {}),
        "framework": fields["framework"],
    }


def _epoch_kind(spec: Mapping[str, Any]) -> str:
    if spec["sampling"]["method"] == "with_replacement":
        return "draws"
    return "pass" if spec["steps_per_epoch"] is None else "virtual"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A full epoch: its steps, its samples, and what is left over."""

    geometry: Geometry
    steps: int
    samples: int
    dropped: int
    padded: int

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "_Shape":
        geometry, size = Geometry.of(spec), int(spec["dataset_size"])
        whole = geometry.global_batch_size
        if spec["steps_per_epoch"] is not None:
            return cls(geometry, spec["steps_per_epoch"], spec["steps_per_epoch"] * whole, 0, 0)
        steps = size // whole if spec["remainder"] == "drop" else ceil_div(size, whole)
        samples = size if spec["remainder"] == "keep" else steps * whole
        return cls(geometry, steps, samples, max(0, size - samples), max(0, samples - size))

    def samples_until(self, step: int) -> int:
        return min(step * self.geometry.global_batch_size, self.samples)

    def step_samples(self, step: int) -> int:
        return self.samples_until(step + 1) - self.samples_until(step)

    def micro_steps(self, steps: int) -> int:
        last = self.geometry.micro_steps(self.step_samples(steps - 1))
        return (steps - 1) * self.geometry.gradient_accumulation_steps + last

    def steps_of_budget(self, spec: Mapping[str, Any]) -> int:
        """Steps of the run: the fewest that reach what was asked for."""
        if spec["epochs"] is not None:
            return ceil(Fraction(spec["epochs"]) * self.steps)
        if spec["steps"] is not None:
            return int(spec["steps"])
        samples: int = spec["samples"] or ceil_div(spec["tokens"], spec["tokens_per_sample"])
        epochs, rest = divmod(samples, self.samples)
        return epochs * self.steps + ceil_div(rest, self.geometry.global_batch_size)

"""Where a run stands, as a document for a checkpoint, and whether a plan may go on from it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from epochplan_client.errors import StateMismatchError
from epochplan_client.plan import Plan

# what decides which samples a step of a native plan takes, whoever takes them
_ORDER_FIELDS: Final = (
    "dataset_size",
    "global_batch_size",
    "steps_per_epoch",
    "remainder",
    "sampling",
    "framework",
)


class State(NamedTuple):
    """A point of a run.

    Attributes:
        plan_id: The plan that training followed.
        step: Completed steps of the run.
    """

    plan_id: str
    step: int

    def document(self) -> dict[str, Any]:
        """The state as JSON values.

        >>> State("ep1_x", 7).document()
        {'plan_id': 'ep1_x', 'step': 7}
        """
        return self._asdict()


def read_state(document: object) -> State:
    """The state that a checkpoint holds.

    >>> read_state({"plan_id": "ep1_x", "step": 7})
    State(plan_id='ep1_x', step=7)

    Raises:
        StateMismatchError: It is no state of this sampler.
    """
    if not isinstance(document, Mapping):
        message = (
            f"this is no state of a PlannedBatchSampler: {document!r:.80}; load what its "
            "state_dict() returned"
        )
        raise StateMismatchError(message)
    fields = cast("Mapping[str, Any]", document)
    plan_id, step = fields.get("plan_id"), fields.get("step")
    if not isinstance(plan_id, str) or type(step) is not int or step < 0:
        message = (
            f"this is no state of a PlannedBatchSampler: plan_id is {plan_id!r:.80} and step is "
            f"{step!r:.80}; load what its state_dict() returned"
        )
        raise StateMismatchError(message)
    return State(plan_id, step)


def check_continuation(old: Plan, new: Plan, step: int) -> None:
    """Whether the steps of a plan from some step on are those that another plan would have taken.

    Plans of the native framework may differ in ranks, micro-batches and in the length of the run:
    the samples of a step depend on none of them. Those of other frameworks must be the same.

    Raises:
        StateMismatchError: They are not; the text names every field that differs.
    """
    if old == new:
        differing: list[str] = []
    elif not (old.is_native and new.is_native):
        differing = _differing(old, new, tuple(new.spec))
    else:
        differing = _differing(old, new, _ORDER_FIELDS)
    if differing:
        message = (
            "the state belongs to a run with another order of samples: "
            f"{'; '.join(differing)}; go on with a plan that differs only in "
            "data_parallel_size, micro_batch_size, gradient_accumulation_steps or the budget"
        )
        raise StateMismatchError(message)
    if step > new.total_steps:
        message = (
            f"the state has {step} completed steps and the plan ends after {new.total_steps}; "
            "plan a longer run"
        )
        raise StateMismatchError(message)


def _differing(old: Plan, new: Plan, names: tuple[str, ...]) -> list[str]:
    return [
        f"{name} is {old.spec.get(name)!r} in the state and {new.spec.get(name)!r} in the plan"
        for name in names
        if old.spec.get(name) != new.spec.get(name)
    ]

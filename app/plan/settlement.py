"""From a draft to a spec that its framework can plan."""

from collections.abc import Sequence

from app.arithmetic.draft import SpecDraft
from app.arithmetic.settle import settle
from app.arithmetic.spec import TrainingSpec
from app.errors import Fault, InvalidSpecError
from app.frameworks.registry import find_framework, framework_faults


def settled_spec(draft: SpecDraft, *, known_faults: Sequence[Fault] = ()) -> TrainingSpec:
    """The spec that a draft means to the framework it names.

    >>> settled_spec(SpecDraft(dataset_size=9, global_batch_size=2, steps=1)).budget.amount
    Fraction(1, 1)

    Raises:
        InvalidSpecError: With all faults at once, those that are already known among them.
    """
    unknown = framework_faults(draft.framework)
    if unknown:
        return settle(draft, known_faults=[*known_faults, *unknown])
    framework = find_framework(draft.framework)
    draft = framework.completed(draft)
    faults = [*known_faults, *framework.draft_faults(draft)]
    spec = settle(draft, known_faults=faults)
    refusals = [*framework.spec_faults(spec)]
    if refusals:
        raise InvalidSpecError(refusals)
    return spec

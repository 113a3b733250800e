"""What happens to the order of the samples between two plans."""

from dataclasses import dataclass
from enum import StrEnum

from app.arithmetic.decimals import counted
from app.plan.planner import Plan
from app.plan.sequence import first_samples, parting_sample, sequence_key


class Relation(StrEnum):
    """How the samples of a run relate to those of the run before the change.

    Attributes:
        SAME: The very same samples in the same order.
        LONGER: The same, and then more.
        SHORTER: The same, but fewer.
        DIFFERENT: Other samples from some point on.
        AGREEING: Equal as far as was looked; what follows is not known.
        NOT_COMPARED: An order is computed as a whole, and too large to be computed for this.
    """

    SAME = "same"
    LONGER = "longer"
    SHORTER = "shorter"
    DIFFERENT = "different"
    AGREEING = "agreeing"
    NOT_COMPARED = "not-compared"

    @property
    def keeps_order(self) -> bool:
        """Whether the orders are known to be one, as far as both runs go."""
        return self in (Relation.SAME, Relation.LONGER, Relation.SHORTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """How two orders relate.

    Attributes:
        relation: In one word.
        agreeing_samples: Samples from the start of the run that are known to be the same.
        old_step: Step of the old run in which the orders part; None where they do not.
        new_step: Step of the new run in which the orders part; None where they do not.
    """

    relation: Relation
    agreeing_samples: int
    old_step: int | None = None
    new_step: int | None = None

    @property
    def sentence(self) -> str:
        """The relation in words, with its numbers."""
        agreeing = counted(self.agreeing_samples, "sample")
        match self.relation:
            case Relation.SAME:
                return f"the very same {agreeing} in the same order"
            case Relation.LONGER:
                return f"the same order for all {agreeing} of the old run, then more"
            case Relation.SHORTER:
                return f"the same order for {agreeing}, which are fewer than before"
            case Relation.AGREEING:
                return f"the orders agree on the first {agreeing}; no more were looked at"
            case Relation.NOT_COMPARED:
                return "not compared: an order is computed as a whole, and is too large for that"
            case _:
                return (
                    f"another order from step {self.old_step} of the old run and step "
                    f"{self.new_step} of the new run on: they part after {agreeing}"
                )


def order_change(old: Plan, new: Plan) -> OrderChange:
    """Compare the orders of two plans: by what they depend on, else by their first samples."""
    if sequence_key(old) == sequence_key(new):
        return _one_order(old.run.total_samples, new.run.total_samples)
    beginning, other = first_samples(old), first_samples(new)
    if not len(beginning) or not len(other):
        return OrderChange(relation=Relation.NOT_COMPARED, agreeing_samples=0)
    parting = parting_sample(beginning, other)
    if parting is None:
        shared = min(len(beginning), len(other))
        return OrderChange(relation=Relation.AGREEING, agreeing_samples=shared)
    return OrderChange(
        relation=Relation.DIFFERENT,
        agreeing_samples=parting,
        old_step=old.run.fewest_steps(parting + 1) - 1,
        new_step=new.run.fewest_steps(parting + 1) - 1,
    )


def _one_order(old_samples: int, new_samples: int) -> OrderChange:
    relation = Relation.SAME
    if old_samples != new_samples:
        relation = Relation.LONGER if new_samples > old_samples else Relation.SHORTER
    return OrderChange(relation=relation, agreeing_samples=min(old_samples, new_samples))

"""A plan, as the service answers it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from epochplan_client.errors import UnexpectedAnswerError
from epochplan_client.geometry import Geometry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan(Mapping[str, Any]):
    """Everything about one training run; its numbers are attributes, the whole is a mapping.

    `plan["findings"]`, `plan["coverage"]` and whatever else the service tells stand in the
    mapping, which is the document of the service as it came.

    Attributes:
        plan_id: Names the plan for ever; it is the spec itself.
        order_algorithm: The frozen algorithm behind the orders.
        spec: Every field of the spec, defaults and solved values filled in.
        epoch_kind: `pass`, `virtual` or `draws`.
        steps_per_epoch: Steps of a full epoch.
        micro_steps_per_epoch: Micro-steps of a full epoch.
        samples_per_epoch: Samples of a full epoch over all ranks, padding included.
        last_step_samples: Samples of the last step of a full epoch, over all ranks.
        dropped_samples_per_epoch: Samples that a full epoch leaves out.
        padded_samples_per_epoch: Positions of a full epoch that only fill it up.
        epochs: Epochs that are started.
        total_steps: Steps of the run.
        total_micro_steps: Micro-steps of the run.
        total_samples: Samples of the run over all ranks, padding included.
        final_epoch_steps: Steps that the run takes of its last epoch.
        final_step_samples: Samples of the last step of the run, over all ranks.
        document: The whole answer.
    """

    plan_id: str
    order_algorithm: str
    spec: Mapping[str, Any]
    epoch_kind: str
    steps_per_epoch: int
    micro_steps_per_epoch: int
    samples_per_epoch: int
    last_step_samples: int
    dropped_samples_per_epoch: int
    padded_samples_per_epoch: int
    epochs: int
    total_steps: int
    total_micro_steps: int
    total_samples: int
    final_epoch_steps: int
    final_step_samples: int
    document: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The plan that a document describes: an answer of the service, or a copy on disk.

        Raises:
            UnexpectedAnswerError: It is no plan; the text names every field that is missing.
        """
        known = [each for each in fields(cls) if each.name != "document"]
        wrong = [each.name for each in known if not _holds(each.type, document.get(each.name))]
        if wrong:
            message = f"this is no plan of Epochplan: {', '.join(wrong)} missing or of another type"
            raise UnexpectedAnswerError(message)
        return cls(**{each.name: document[each.name] for each in known}, document=document)

    @property
    def geometry(self) -> Geometry:
        """How a full step spreads over ranks and micro-steps."""
        return Geometry.of(self.spec)

    @property
    def is_native(self) -> bool:
        """Whether it has the arithmetic and the order of the service itself."""
        return str(self.spec["framework"]["name"]) == "native"

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a field of a JSON document
        """A field of the document."""
        return self.document[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the fields of the document."""
        return iter(self.document)

    def __len__(self) -> int:
        """How many fields the document has."""
        return len(self.document)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same run: every number that follows from a spec is the same."""
        return isinstance(other, Plan) and self.plan_id == other.plan_id

    def __hash__(self) -> int:
        """Equal plans have equal plan_ids."""
        return hash(self.plan_id)


def _holds(kind: object, value: object) -> bool:
    if kind is int:
        return type(value) is int
    return isinstance(value, str) if kind is str else isinstance(value, Mapping)

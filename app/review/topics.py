"""Topics of a plan: what a change of one of its fields is about."""

from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """What a field of a plan is about, in the order in which changes are told."""

    DATASET = "dataset"
    GLOBAL_BATCH = "global-batch"
    GEOMETRY = "geometry"
    BUDGET = "budget"
    STEPS = "steps"
    EPOCHS = "epochs"
    SAMPLES = "samples"
    SAMPLING = "sampling"
    FRAMEWORK = "framework"
    COVERAGE = "coverage"
    ORDER = "order"


_FIELDS: Final = {
    Topic.DATASET: ("/spec/dataset_size",),
    Topic.GLOBAL_BATCH: ("/spec/global_batch_size",),
    Topic.GEOMETRY: (
        "/spec/data_parallel_size",
        "/spec/micro_batch_size",
        "/spec/gradient_accumulation_steps",
        "/micro_steps_per_epoch",
        "/total_micro_steps",
    ),
    Topic.BUDGET: (
        "/spec/epochs",
        "/spec/steps",
        "/spec/samples",
        "/spec/tokens",
        "/spec/tokens_per_sample",
    ),
    Topic.STEPS: ("/total_steps", "/steps_per_epoch", "/final_epoch_steps"),
    Topic.EPOCHS: ("/epochs", "/epoch_kind", "/spec/steps_per_epoch"),
    Topic.SAMPLES: (
        "/total_samples",
        "/passes",
        "/samples_per_epoch",
        "/last_step_samples",
        "/final_step_samples",
        "/dropped_samples_per_epoch",
        "/padded_samples_per_epoch",
        "/spec/remainder",
    ),
    Topic.SAMPLING: ("/spec/sampling/method", "/spec/sampling/seed"),
    Topic.COVERAGE: ("/coverage/distinct_samples", "/coverage/fraction", "/coverage/exact"),
}
_TOPICS: Final = {field: topic for topic, fields in _FIELDS.items() for field in fields}
_RANKS: Final = {field: place for place, field in enumerate(_TOPICS)}


def topic_of(field: str) -> Topic:
    """The topic of a field of a plan; what has none of its own belongs to the framework.

    >>> topic_of("/total_steps"), topic_of("/spec/framework/drop_last")
    (<Topic.STEPS: 'steps'>, <Topic.FRAMEWORK: 'framework'>)

    Args:
        field: RFC 6901 pointer into a plan.
    """
    return _TOPICS.get(field, Topic.FRAMEWORK)


def rank_of(field: str) -> tuple[int, int]:
    """Where the change of a field stands among others: by topic, then by weight.

    >>> sorted(["/passes", "/spec/global_batch_size", "/total_samples"], key=rank_of)
    ['/spec/global_batch_size', '/total_samples', '/passes']
    """
    return list(Topic).index(topic_of(field)), _RANKS.get(field, len(_RANKS))

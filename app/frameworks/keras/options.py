"""Parameters of keras' fit and of the data that it is given, and which of them go together."""

from collections.abc import Iterator
from typing import Final

from app.arithmetic.draft import SpecDraft
from app.arithmetic.options import plain_value
from app.arithmetic.spec import SamplingMethod
from app.errors import Fault
from app.frameworks.option import Choice, Flag, Option, Whole
from app.frameworks.protocol import Framework

ARRAY: Final = "array"
PY_DATASET: Final = "PyDataset"
TF_DATASET: Final = "tf.data.Dataset"

KERAS_OPTIONS: Final[tuple[Option, ...]] = (
    Choice(
        name="data",
        default=ARRAY,
        choices=(ARRAY, PY_DATASET, TF_DATASET),
        description="What x is: an array; a PyDataset whose items are micro-batches; or "
        "Dataset.range(dataset_size).shuffle(buffer_size, seed).batch(...), without the shuffle "
        "where sampling.method is sequential.",
    ),
    Choice(
        name="shuffle",
        default=None,
        optional=True,
        choices=("batch",),
        description="shuffle of fit with an array: null for True or False, as sampling.method "
        "says; batch shuffles inside every batch only.",
    ),
    Whole(
        name="steps_per_execution",
        default=1,
        lowest=1,
        description="steps_per_execution of compile: micro-steps between two callbacks.",
    ),
    Flag(
        name="drop_remainder", default=False, description="drop_remainder of batch, tf.data only."
    ),
    Choice(
        name="repeat",
        default=None,
        optional=True,
        choices=("before_batch", "after_batch"),
        description="Where repeat() stands in a pipeline of tf.data; null where there is none.",
    ),
    Whole(
        name="buffer_size",
        default=None,
        optional=True,
        lowest=1,
        description="buffer_size of shuffle, tf.data only; null for dataset_size.",
    ),
)

_OWNER: Final = {
    "shuffle": ARRAY,
    "drop_remainder": TF_DATASET,
    "repeat": TF_DATASET,
    "buffer_size": TF_DATASET,
}
"""Options that belong to one kind of data."""

_METHODS: Final = {
    ARRAY: (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL),
    PY_DATASET: (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL),
    TF_DATASET: (SamplingMethod.SHUFFLE, SamplingMethod.SEQUENTIAL, SamplingMethod.SHUFFLE_ONCE),
}
"""What each kind of data can do."""

_OF_SHUFFLE: Final = frozenset({"shuffle", "buffer_size"})


def misplaced_options(data: str, draft: SpecDraft) -> Iterator[Fault]:
    """Options that belong to other data, or to a shuffle where nothing is shuffled."""
    known = "sampling" not in draft.malformed
    sequential = known and draft.sampling.method is SamplingMethod.SEQUENTIAL
    for name, value in draft.framework.options.entries:
        owner = _OWNER.get(name, data)
        if owner != data:
            yield _misplaced(
                name, plain_value(value), f"{name} belongs to {owner}, but data is {data}"
            )
        elif sequential and name in _OF_SHUFFLE:
            yield _misplaced(
                name, plain_value(value), f"nothing is shuffled, so {name} says nothing"
            )


def misplaced_method(framework: Framework, data: str, draft: SpecDraft) -> Iterator[Fault]:
    """A sampling method that keras has, but not with this kind of data."""
    method, legal = draft.sampling.method, _METHODS[data]
    known = "sampling" not in draft.malformed and method in framework.sampling_methods
    if known and method not in legal:
        yield Fault(
            code="method-not-in-framework",
            pointer="/sampling/method",
            detail=f"data {data} is never sampled like {method}",
            given=str(method),
            allowed=f"one of {', '.join(legal)}, or data {TF_DATASET}",
            nearest=(str(legal[0]),),
        )


def _misplaced(name: str, given: object, detail: str) -> Fault:
    return Fault(
        code="option-not-applicable",
        pointer=f"/framework/{name}",
        detail=detail,
        given=given,
        allowed=f"no {name}",
    )

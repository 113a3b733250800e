"""A spec as the fields of a JSON object, and back."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar, cast

from app.arithmetic.draft import SpecDraft
from app.arithmetic.integers import INT64_MAX, UINT64_MAX
from app.arithmetic.options import plain_value
from app.arithmetic.spec import (
    DEFAULT_SAMPLING,
    FrameworkChoice,
    Remainder,
    Sampling,
    SamplingMethod,
    TrainingSpec,
)
from app.arithmetic.written import exact_amount, written_amount
from app.frameworks.registry import read_choice

JsonFields = dict[str, object]
_Value = TypeVar("_Value")


def distinct_fields(spec: TrainingSpec) -> JsonFields:
    """The fewest fields that name a spec: its own values, never those that follow from others.

    The framework and its version are always among them, because defaults move with releases.

    >>> from app.arithmetic.settle import settle
    >>> distinct_fields(settle(SpecDraft(dataset_size=20, micro_batch_size=5, steps=7)))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'dataset_size': 20, 'global_batch_size': 5, 'steps': 7,
     'framework': {'name': 'native', 'version': '1'}}
    """
    batch, budget = spec.batch, spec.budget
    optional = {
        "gradient_accumulation_steps": (batch.gradient_accumulation_steps, 1),
        "data_parallel_size": (batch.data_parallel_size, 1),
        "tokens_per_sample": (budget.tokens_per_sample, None),
        "steps_per_epoch": (spec.steps_per_epoch, None),
        "remainder": (spec.remainder or Remainder.KEEP, Remainder.KEEP),
    }
    return {
        "dataset_size": spec.dataset_size,
        "global_batch_size": batch.global_batch_size,
        str(budget.unit): written_amount(budget.amount),
        **_differing(optional),
        **_sampling_fields(spec.sampling),
        "framework": _framework_fields(spec.framework),
    }


def draft_of(fields: Mapping[str, object]) -> SpecDraft:
    """The draft that distinct_fields came from.

    Raises:
        ValueError: A field is unknown, or its value has no legal form.
    """
    return SpecDraft(**{name: _read_field(name, value) for name, value in fields.items()})  # type: ignore[arg-type] # each reader returns what its field holds


def _differing(fields: Mapping[str, tuple[object, object]]) -> JsonFields:
    return {
        name: str(value) if isinstance(value, Remainder) else value
        for name, (value, default) in fields.items()
        if value != default
    }


def _sampling_fields(sampling: Sampling) -> JsonFields:
    default = DEFAULT_SAMPLING
    standard = sampling.method is default.method
    method: JsonFields = {} if standard else {"method": str(sampling.method)}
    seed: JsonFields = {} if sampling.seed == default.seed else {"seed": sampling.seed}
    return {"sampling": {**method, **seed}} if method or seed else {}


def _framework_fields(choice: FrameworkChoice) -> JsonFields:
    options = {name: plain_value(value) for name, value in choice.options.entries}
    return {"name": choice.name, "version": choice.version, **options}


def _read_field(name: str, value: object) -> object:
    if name not in _READERS:
        message = f"there is no field {name!r}"
        raise ValueError(message)
    return _READERS[name](value)


def _integer(value: object, lowest: int = 1, highest: int = INT64_MAX) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        message = f"not an integer in [{lowest}, {highest}]"
        raise ValueError(message)
    return value


def _amount(value: object) -> Fraction:
    return exact_amount(value if isinstance(value, str) else _integer(value))


def _of_type(value: object, kind: type[_Value]) -> _Value:
    if not isinstance(value, kind):
        message = f"not of type {kind.__name__}"
        raise ValueError(message)  # noqa: TRY004 # every fault of form is a ValueError
    return value


def _object(value: object) -> JsonFields:
    return cast("JsonFields", {**_of_type(value, dict)})


def _remainder(value: object) -> Remainder:
    return Remainder(_of_type(value, str))


def _sampling(value: object) -> Sampling:
    given = _object(value)
    method = SamplingMethod(_of_type(given.pop("method", "shuffle"), str))
    seed = _integer(given.pop("seed", 0), 0, UINT64_MAX)
    _nothing_else(given)
    return Sampling(method=method, seed=seed)


def _framework(value: object) -> FrameworkChoice:
    given = _object(value)
    name = _of_type(given.pop("name", None), str)
    version = _of_type(given.pop("version", None), str)
    choice, faults = read_choice(name, version, given)
    if faults:
        message = "; ".join(fault.detail for fault in faults)
        raise ValueError(message)
    return choice


def _nothing_else(rest: Mapping[str, object]) -> None:
    if rest:
        message = f"there are no fields {sorted(rest)}"
        raise ValueError(message)


_READERS: Mapping[str, Callable[[object], object]] = {
    "dataset_size": _integer,
    "global_batch_size": _integer,
    "gradient_accumulation_steps": _integer,
    "data_parallel_size": _integer,
    "epochs": _amount,
    "steps": _integer,
    "samples": _integer,
    "tokens": _integer,
    "tokens_per_sample": _integer,
    "steps_per_epoch": _integer,
    "remainder": _remainder,
    "sampling": _sampling,
    "framework": _framework,
}

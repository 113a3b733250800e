"""A config of a training framework, read into the spec that a plan is asked for with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from app.configs import composer, deepspeed, hf_trainer, lightning, megatron
from app.configs.argument_line import parse_argument_line
from app.configs.document import Parser, Values, parse_either, parse_yaml
from app.configs.known_keys import known_keys
from app.configs.ledger import Ledger
from app.configs.references import with_references
from app.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReading:
    """What a config says about a schedule, and what became of every key of it.

    Attributes:
        spec: A TrainingSpec as JSON; without what neither config nor launch say.
        used: Keys that decided something, those with faults among them. A key in a section is
            dotted: "trainer.max_epochs".
        ignored: Keys that the framework knows, and that have no bearing on the schedule.
        unknown: Keys that the framework does not know; nothing is guessed from them.
        faults: Everything that is wrong; with faults the spec is not complete. Pointers lead into
            the config.
        origins: JSON pointer into the spec -> key of the config that decided it.
    """

    spec: dict[str, object]
    used: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of config.

    Attributes:
        parse: Its text -> its values.
        read: Reads the values for a launch of so many ranks.
        sections: Keys whose members count one by one.
    """

    parse: Parser
    read: Callable[[Ledger, int | None], None]
    sections: tuple[str, ...]


def _parse_composer(text: str) -> tuple[Values, list[Fault]]:
    values, faults = parse_yaml(text)
    return with_references(values, composer.SECTIONS), faults


_KINDS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "deepspeed": _Kind(
            parse=parse_either, read=deepspeed.read_deepspeed, sections=deepspeed.SECTIONS
        ),
        "hf-trainer": _Kind(
            parse=parse_either, read=hf_trainer.read_hf_trainer, sections=hf_trainer.SECTIONS
        ),
        "lightning": _Kind(
            parse=parse_either, read=lightning.read_lightning, sections=lightning.SECTIONS
        ),
        "megatron": _Kind(
            parse=parse_argument_line, read=megatron.read_megatron, sections=megatron.SECTIONS
        ),
        "composer": _Kind(
            parse=_parse_composer, read=composer.read_composer, sections=composer.SECTIONS
        ),
    }
)

CONFIG_KINDS: Final = tuple(_KINDS)
"""Names of the kinds of configs that can be read."""


def read_config(
    kind: str, text: str, *, dataset_size: int | None, world_size: int | None
) -> ConfigReading:
    r"""Reads a config of a training framework.

    >>> reading = read_config(
    ...     "hf-trainer", "max_steps: 100\nlr: 1", dataset_size=1000, world_size=2
    ... )
    >>> reading.spec["steps"], reading.used, reading.unknown
    (100, ('max_steps',), ('lr',))

    Args:
        kind: One of CONFIG_KINDS.
        text: JSON, YAML, or for megatron a line of arguments.
        dataset_size: Samples of the dataset, which no config knows; None where it is not known
            here either.
        world_size: Ranks that are launched, model-parallel ones included; None where only the
            config may say.
    """
    if kind not in _KINDS:
        return ConfigReading(spec={}, faults=(_unknown_kind(kind),))
    chosen = _KINDS[kind]
    values, faults = chosen.parse(text)
    if faults:
        return ConfigReading(spec={}, faults=tuple(faults))
    ledger = Ledger(values)
    if dataset_size is not None:
        ledger.spec["dataset_size"] = dataset_size
    chosen.read(ledger, world_size)
    known = known_keys(kind)
    used, ignored, unknown = ledger.sort_keys(chosen.sections, known.__contains__)
    return ConfigReading(
        spec=ledger.spec,
        used=used,
        ignored=ignored,
        unknown=unknown,
        faults=tuple(ledger.faults),
        origins=MappingProxyType(ledger.origins),
    )


def _unknown_kind(kind: str) -> Fault:
    return Fault(
        code="unknown-config-kind",
        pointer="",
        detail=f"{kind} is no kind of config that is known: {', '.join(CONFIG_KINDS)}",
        given=kind,
        allowed=f"one of {', '.join(CONFIG_KINDS)}",
        nearest=tuple(get_close_matches(kind, CONFIG_KINDS, n=1)),
    )

"""What a framework promises: where it was verified, what is exact, where it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the service says about one version of a framework.

    Attributes:
        verified: Versions of the real package it was compared with; empty where it was only read.
        exact: What is exact, and in what sense: arithmetic, order.
        limits: Where it ends, by topic.
    """

    verified: tuple[str, ...]
    exact: Mapping[str, str]
    limits: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

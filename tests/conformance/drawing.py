"""The cases of a framework, drawn for one of its versions."""

from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from random import Random
from typing import Any

Case = dict[str, Any]


class Drawing:
    """Random cases of one version of a framework.

    Attributes:
        random: Where the cases come from.
    """

    def __init__(self, module: str, version: str, seed: object) -> None:
        self._cases = import_module(f"tests.conformance.cases.{module}")
        self.random = Random(str(seed))
        versioned = "version" in signature(self._cases.draw_case).parameters
        self._chosen = {"version": version} if versioned else {}

    def case(self) -> Case:
        """A random case."""
        drawn: Case = self._cases.draw_case(self.random, **self._chosen)
        return drawn

    def large(self) -> Iterator[Case]:
        """Cases of large datasets, answered by digests."""
        yield from self._cases.large_cases(self.random, **self._chosen)

    def huge(self) -> Iterator[Case]:
        """Cases that take minutes each."""
        if hasattr(self._cases, "huge_cases"):
            yield from self._cases.huge_cases(self.random, **self._chosen)

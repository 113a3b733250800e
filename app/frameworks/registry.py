"""Every framework the service knows, by name and version."""

from collections.abc import Mapping
from types import MappingProxyType

from app.arithmetic.spec import FrameworkChoice
from app.errors import Fault
from app.frameworks.native import NativeFramework
from app.frameworks.protocol import Framework

FRAMEWORKS: Mapping[str, Mapping[str, Framework]] = MappingProxyType(
    {"native": MappingProxyType({"1": NativeFramework()})}
)
"""Name -> version -> framework; versions oldest first, none is ever removed."""


def find_framework(choice: FrameworkChoice) -> Framework:
    """The framework that a settled spec names.

    >>> find_framework(FrameworkChoice()).order_algorithm
    'epochplan-1'
    """
    return FRAMEWORKS[choice.name][choice.version]


def newest_version(name: str) -> str:
    """The newest version of a framework; empty where there is no such framework.

    >>> newest_version("native")
    '1'
    """
    return max(FRAMEWORKS.get(name, {}), key=int, default="")


def framework_faults(choice: FrameworkChoice) -> list[Fault]:
    """What is wrong with the choice of a framework.

    >>> [fault.pointer for fault in framework_faults(FrameworkChoice(version="0"))]
    ['/framework/version']
    """
    versions = FRAMEWORKS.get(choice.name)
    if versions is None:
        return [_unknown("name", choice.name, tuple(FRAMEWORKS))]
    if choice.version not in versions:
        return [_unknown("version", choice.version, tuple(versions))]
    return []


def _unknown(field: str, given: str, known: tuple[str, ...]) -> Fault:
    return Fault(
        code="unknown-framework",
        pointer=f"/framework/{field}",
        detail=f"the {field} of the framework is none that is known: {', '.join(known)}",
        given=given,
        allowed=f"one of {', '.join(known)}",
        nearest=known[-1:],
    )

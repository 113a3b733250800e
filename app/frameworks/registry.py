"""Every framework the service knows, by name and version."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Final

from app.arithmetic.spec import FrameworkChoice
from app.errors import Fault
from app.frameworks.option import LONGEST_COMPARED
from app.frameworks.option_group import read_options
from app.frameworks.protocol import Framework

_NAMES: Final = (
    "native",
    "pytorch",
    "accelerate",
    "hf-trainer",
    "lightning",
    "deepspeed",
    "megatron",
    "mosaic-streaming",
    "grain",
    "keras",
    "tf-data",
)

Versions = Mapping[str, Framework]


class _Frameworks(Mapping[str, Versions]):
    """The frameworks, each loaded when it is asked for first: a plan needs one of them."""

    def __getitem__(self, name: str) -> Versions:
        if name not in _NAMES:
            raise KeyError(name)
        return _versions(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


@cache
def _versions(name: str) -> Versions:
    home = import_module(f"app.frameworks.{name.replace('-', '_')}.framework")
    versions: tuple[Framework, ...] = home.VERSIONS
    return MappingProxyType({framework.version: framework for framework in versions})


FRAMEWORKS: Final[Mapping[str, Versions]] = _Frameworks()
"""Name -> version -> framework; versions oldest first, none is ever removed."""


def load_frameworks() -> None:
    """Load every framework now, so that no request waits for it."""
    for name in _NAMES:
        _versions(name)


def find_framework(choice: FrameworkChoice) -> Framework:
    """The framework that a settled spec names.

    >>> find_framework(FrameworkChoice()).order_algorithm
    'epochplan-1'
    """
    return FRAMEWORKS[choice.name][choice.version]


def newest_version(name: str, options: Collection[str] = ()) -> str:
    """The newest version of a framework that has these options, else the newest of all.

    >>> newest_version("pytorch"), newest_version("deepspeed", ["elasticity"])
    ('2.13.0', '0.19.7')

    Returns:
        An empty text where there is no such framework.
    """
    versions = [*FRAMEWORKS.get(name, {}).values()][::-1]
    fitting = (framework.version for framework in versions if framework.takes(options))
    return next(fitting, versions[0].version if versions else "")


def read_choice(
    name: str, version: str, options: Mapping[str, object]
) -> tuple[FrameworkChoice, list[Fault]]:
    """The choice of a framework with its options, and every fault of these options.

    Options of a framework that is not known are not looked at.

    >>> read_choice("native", "1", {"drop_last": True})[1][0].allowed
    'one of name, version'
    """
    framework = FRAMEWORKS.get(name, {}).get(version)
    if framework is None:
        return FrameworkChoice(name=name, version=version), []
    values, faults = read_options(
        framework.options, options, "/framework", beside=("name", "version")
    )
    return FrameworkChoice(name=name, version=version, options=values), faults


def framework_faults(choice: FrameworkChoice) -> list[Fault]:
    """What is wrong with the choice of a framework.

    >>> [fault.pointer for fault in framework_faults(FrameworkChoice(version="0"))]
    ['/framework/version']
    """
    versions = FRAMEWORKS.get(choice.name)
    if versions is None:
        return [_unknown("name", choice.name, tuple(FRAMEWORKS), nearest=_like(choice.name))]
    if choice.version not in versions:
        newest = newest_version(choice.name)
        return [_unknown("version", choice.version, tuple(versions), nearest=newest)]
    return []


def _like(name: str) -> str:
    """The known name that looks like it, else native."""
    return (*get_close_matches(name[:LONGEST_COMPARED], FRAMEWORKS, n=1), "native")[0]


def _unknown(field: str, given: str, known: tuple[str, ...], *, nearest: str) -> Fault:
    return Fault(
        code="unknown-framework",
        pointer=f"/framework/{field}",
        detail=f"the {field} of the framework is none that is known: {', '.join(known)}",
        given=given,
        allowed=f"one of {', '.join(known)}",
        nearest=(nearest,),
    )

import pytest

from app.arithmetic.spec import FrameworkChoice
from app.frameworks.registry import (
    FRAMEWORKS,
    find_framework,
    framework_faults,
    newest_version,
)

EVERY_CHOICE = [
    pytest.param(FrameworkChoice(name=name, version=version), id=f"{name} {version}")
    for name, versions in FRAMEWORKS.items()
    for version in versions
]


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_every_framework_is_found_under_its_own_name_and_version(choice: FrameworkChoice) -> None:
    found = find_framework(choice)

    assert (found.name, found.version) == (choice.name, choice.version)
    assert framework_faults(choice) == []


def test_native_version_1_stays_known_and_is_the_default() -> None:
    found = find_framework(FrameworkChoice())

    assert (found.name, found.version, found.order_algorithm) == ("native", "1", "epochplan-1")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_newest_version_is_the_last_that_is_listed(name: str) -> None:
    newest = newest_version(name)

    assert newest == [*FRAMEWORKS[name]][-1]


def test_an_unknown_framework_has_no_newest_version() -> None:
    newest = newest_version("abacus")

    assert newest == ""


def test_an_unknown_framework_is_a_fault_of_its_name() -> None:
    (fault,) = framework_faults(FrameworkChoice(name="abacus", version=""))

    assert (fault.code, fault.pointer, fault.given) == (
        "unknown-framework",
        "/framework/name",
        "abacus",
    )
    assert fault.nearest == ("native",)


def test_an_unknown_version_is_a_fault_of_its_version() -> None:
    (fault,) = framework_faults(FrameworkChoice(version="0.9"))

    assert fault.pointer == "/framework/version"
    assert fault.detail == "the version of the framework is none that is known: 1"
    assert fault.nearest == ("1",)

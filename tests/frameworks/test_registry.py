import subprocess
import sys

import pytest

from app.arithmetic.options import Options, plain_value
from app.arithmetic.spec import FrameworkChoice
from app.frameworks.registry import (
    FRAMEWORKS,
    find_framework,
    framework_faults,
    newest_version,
    read_choice,
)
from tests.frameworks.choices import EVERY_CHOICE
from tests.running import ROOT

HOME = ROOT / "app" / "frameworks"


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


@pytest.mark.parametrize(
    ("options", "version"),
    [
        ((), "last"),
        (("dataloader_drop_last",), "last"),
        (("elasticity",), "0.19.7"),
        (("elasticity", "dataloader_drop_last"), "0.19.7"),
        (("elastic",), "last"),
        (("elasticity", "elastic"), "last"),
    ],
)
def test_the_version_that_is_meant_has_the_options_that_are_given_if_one_has(
    options: tuple[str, ...], version: str
) -> None:
    newest = newest_version("deepspeed", options)

    assert newest == ([*FRAMEWORKS["deepspeed"]][-1] if version == "last" else version)


def test_an_unknown_framework_has_no_newest_version() -> None:
    newest = newest_version("abacus", ["beads"])

    assert newest == ""


def test_an_unknown_framework_is_a_fault_of_its_name() -> None:
    (fault,) = framework_faults(FrameworkChoice(name="abacus", version=""))

    assert (fault.code, fault.pointer, fault.given) == (
        "unknown-framework",
        "/framework/name",
        "abacus",
    )
    assert fault.nearest == ("native",)


def test_an_unknown_framework_is_told_the_one_that_looks_like_it() -> None:
    (fault,) = framework_faults(FrameworkChoice(name="pytorhc", version=""))

    assert fault.nearest == ("pytorch",)


def test_an_unknown_version_is_a_fault_of_its_version() -> None:
    (fault,) = framework_faults(FrameworkChoice(version="0.9"))

    assert fault.pointer == "/framework/version"
    assert fault.detail == "the version of the framework is none that is known: 1"
    assert fault.nearest == ("1",)


def test_an_unknown_version_is_told_the_newest_one() -> None:
    (fault,) = framework_faults(FrameworkChoice(name="pytorch", version="0.4"))

    assert fault.nearest == (newest_version("pytorch"),)


def test_options_are_read_by_the_version_that_is_chosen() -> None:
    choice, faults = read_choice("pytorch", newest_version("pytorch"), {"drop_last": True})

    assert faults == []
    assert (choice.name, choice.version) == ("pytorch", newest_version("pytorch"))
    assert choice.options == Options.of({"drop_last": True})


def test_every_fault_of_the_options_is_named_and_the_legal_ones_are_kept() -> None:
    given = {"drop_last": 1, "num_samples": 7, "dorp_last": True}

    choice, faults = read_choice("pytorch", newest_version("pytorch"), given)

    assert choice.options == Options.of({"num_samples": 7})
    assert {fault.pointer: fault.code for fault in faults} == {
        "/framework/drop_last": "illegal-value",
        "/framework/dorp_last": "unknown-field",
    }


@pytest.mark.parametrize(
    ("name", "version"), [("abacus", "1"), ("pytorch", "0.4"), ("pytorch", "")]
)
def test_the_options_of_a_framework_that_is_not_known_are_not_looked_at(
    name: str, version: str
) -> None:
    read = read_choice(name, version, {"anything": {}})

    assert read == (FrameworkChoice(name=name, version=version), [])


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_the_default_of_every_option_is_legal_and_means_that_nothing_was_given(
    choice: FrameworkChoice,
) -> None:
    options = find_framework(choice).options
    spelled_out = {option.name: plain_value(option.default) for option in options}

    read, faults = read_choice(choice.name, choice.version, spelled_out)

    assert (read, faults) == (choice, [])


@pytest.mark.parametrize("choice", EVERY_CHOICE)
def test_no_option_is_named_like_a_field_of_the_choice_itself(choice: FrameworkChoice) -> None:
    names = [option.name for option in find_framework(choice).options]

    assert len(names) == len({*names, "name", "version"} - {"name", "version"})


def test_every_framework_has_a_folder_and_every_folder_is_a_framework() -> None:
    folders = {path.parent.name for path in HOME.glob("*/framework.py")}

    assert folders == {name.replace("-", "_") for name in FRAMEWORKS}


def test_nothing_is_known_under_another_name() -> None:
    assert FRAMEWORKS.get("jax") is None
    assert len(FRAMEWORKS) == len([*FRAMEWORKS])


def test_all_frameworks_can_be_loaded_before_they_are_asked_for() -> None:
    program = (
        "import sys; from app.frameworks.registry import load_frameworks\n"
        "load_frameworks(); print(*sys.modules)"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    homes = {path.parent.name for path in HOME.glob("*/framework.py")}
    assert {f"app.frameworks.{home}.framework" for home in homes} <= {*loaded}

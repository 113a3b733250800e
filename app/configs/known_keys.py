"""Keys that the frameworks know, and their defaults, as recorded from the real packages."""

import json
from functools import cache
from importlib.resources import files
from typing import Final, TypedDict, cast

RECORD: Final = files("app.configs").joinpath("known_keys.json")


class KnownKeys(TypedDict):
    """What was recorded of one kind of config.

    Attributes:
        packages: Name -> versions, oldest first.
        keys: Every key of any of these versions, dotted where it stands in a section.
        defaults: Values of the newest version for keys that decide about schedules.
    """

    packages: dict[str, list[str]]
    keys: list[str]
    defaults: dict[str, object]


@cache
def recorded(kind: str) -> KnownKeys:
    """What was recorded of one kind of config.

    >>> recorded("hf-trainer")["defaults"]["seed"]
    42
    """
    record = cast("dict[str, KnownKeys]", json.loads(RECORD.read_text(encoding="utf-8")))
    return record[kind]


@cache
def known_keys(kind: str) -> frozenset[str]:
    """Every key that one kind of config may have.

    >>> "max_steps" in known_keys("hf-trainer")
    True
    """
    return frozenset(recorded(kind)["keys"])


def default_of(kind: str, key: str) -> object:
    """The framework's own default of a key.

    >>> default_of("lightning", "trainer.max_steps")
    -1
    """
    return recorded(kind)["defaults"][key]

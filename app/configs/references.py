"""References of one key of a config to another, as OmegaConf has them."""

import re
from collections.abc import Collection
from typing import Final, cast

from app.configs.document import Values, value_at

_REFERENCE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.]{0,200})\}")
_LONGEST_CHAIN: Final = 8


def with_references(values: Values, sections: Collection[str]) -> Values:
    """The values with those filled in that only refer to another key.

    A reference to nothing, and one that leads back to itself, stays as it is written.

    >>> with_references({"seed": "${variables.seed}", "variables": {"seed": 17}}, ())["seed"]
    17

    Args:
        values: A config.
        sections: Keys whose members are filled in as well.
    """
    return _filled(values, values, "", sections)


def _filled(members: Values, root: Values, prefix: str, sections: Collection[str]) -> Values:
    filled: Values = {}
    for name, value in members.items():
        key = f"{prefix}{name}"
        if key in sections and isinstance(value, dict):
            filled[name] = _filled(cast("Values", value), root, f"{key}.", sections)
        else:
            filled[name] = _followed(value, root)
    return filled


def _followed(value: object, root: Values) -> object:
    target = value
    for _ in range(_LONGEST_CHAIN):
        found = _REFERENCE.fullmatch(target) if isinstance(target, str) else None
        if found is None:
            return target
        target = value_at(root, found[1])
        if target is None:
            return value
    return value

"""Loads what the command needs, without looking for garbage among what is there to stay."""

import gc
import sys
from importlib import import_module
from types import ModuleType


def load(name: str) -> ModuleType:
    """A module; what is loaded with it is never looked at for garbage, now or later.

    Most of the time that a short command takes goes into loading, a fifth of it into collections
    that find nothing.

    >>> load("app.cli.exit_code").FAILED
    1
    """
    if name in sys.modules:
        return sys.modules[name]
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()

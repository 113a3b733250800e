"""A spec that comes out of the config of another program."""

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, Final

from app.cli.document import STDIN, Document, read_text, shown_path
from app.cli.problem import FailedError, Problem, Severity, Spot
from app.cli.reading import Mark, mark_of_offset
from app.cli.spec_source import SpecSource
from app.errors import Fault
from app.pointers import keys

_PLACE: Final = re.compile(r"line ([0-9]+)(?:, column ([0-9]+))?:")
"""How a reader of configs begins what it says of a text that it cannot read."""

KINDS: Final = ("deepspeed", "hf-trainer", "lightning", "megatron", "composer")


def read_config_source(
    kind: str, path: str | None, *, dataset_size: int | None, world_size: int | None
) -> SpecSource:
    """The spec that a config means; what was used, ignored or unknown comes as notes.

    Args:
        kind: Whose config it is, one of KINDS.
        path: The file, or `-`.
        dataset_size: Samples in the dataset, which configs do not know.
        world_size: Processes of the job, which few configs know.

    Raises:
        FailedError: With every fault of the config, at the lines of its keys.
    """
    if kind not in KINDS:
        message = f"--from {kind}: it is one of {', '.join(KINDS)}"
        raise _refused(code="unknown-config-kind", message=message)
    if path is None:
        message = f"--from {kind} needs the file of the config, or -"
        raise _refused(code="no-spec", message=message)
    # imported here: the readers of configs are needed for configs alone
    read_config: Callable[..., Any] = import_module("app.configs.reading").read_config
    text = read_text(path)
    reading = read_config(kind, text, dataset_size=dataset_size, world_size=world_size)
    config = _Config(None if path == STDIN else shown_path(path), text)
    if reading.faults:
        raise FailedError(config.fault(fault) for fault in reading.faults)
    marks = {pointer: config.mark_of(key.split(".")) for pointer, key in reading.origins.items()}
    return SpecSource(
        fields=dict(reading.spec),
        document=Document(config.file, dict(reading.spec), marks),
        notes=tuple(
            config.notes(used=reading.used, ignored=reading.ignored, unknown=reading.unknown)
        ),
    )


class _Config:
    """The text of a config, in which keys are looked for by their names."""

    def __init__(self, file: str | None, text: str) -> None:
        self.file = file
        self._text = text

    def mark_of(self, keys: Sequence[str]) -> Mark:
        """Where the innermost of nested keys seems to stand: each behind the one that holds it."""
        at = 0
        for key in keys:
            word = rf"(?<![\w-]){re.escape(key)}(?![\w-])"
            found = re.compile(word).search(self._text, at)
            at = at if found is None else found.start()
        return mark_of_offset(self._text, at)

    def fault(self, fault: Fault) -> Problem:
        """A fault whose pointer leads into the config, at the line of its key."""
        told = _PLACE.match(fault.detail)
        mark = Mark(int(told[1]), int(told[2] or 1)) if told else self.mark_of(keys(fault.pointer))
        nearest = ", ".join(map(str, fault.nearest))
        return Problem(
            source="config",
            code=fault.code,
            message=fault.detail,
            field=fault.pointer,
            suggestion=f"nearest: {nearest}" if nearest else f"allowed: {fault.allowed}",
            spot=self._spot(mark),
        )

    def _spot(self, mark: Mark) -> Spot:
        return Document(self.file, {}, {"": mark}).spot_of("")

    def notes(
        self, *, used: Sequence[str], ignored: Sequence[str], unknown: Sequence[str]
    ) -> Iterable[Problem]:
        """What became of the keys of the config."""
        if used:
            yield self._note("config-used", f"used: {', '.join(used)}", "info")
        if ignored:
            told = f"of no meaning for the schedule: {', '.join(ignored)}"
            yield self._note("config-ignored", told, "info")
        for key in unknown:
            told = f"{key} is unknown, and was not used"
            yield self._note("unknown-config-key", told, "warning", *key.split("."))

    def _note(self, code: str, message: str, severity: Severity, *names: str) -> Problem:
        spot = self._spot(self.mark_of(names))
        return Problem(source="config", code=code, message=message, severity=severity, spot=spot)


def _refused(*, code: str, message: str) -> FailedError:
    spot = Spot(option="--from")
    return FailedError([Problem(source="config", code=code, message=message, spot=spot)])

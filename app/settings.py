"""The environment (EPOCHPLAN_*) as one frozen value; nothing else reads the environment."""

import os
from difflib import get_close_matches
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX: Final = "EPOCHPLAN_"
_OF_CLIENTS: Final = {"EPOCHPLAN_URL"}
"""Variables that say where a service is, to those who ask one; no settings of a service."""

LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(lambda given: given.lower() if isinstance(given, str) else given),
]


class InvalidSettingsError(ValueError):
    """The environment holds settings that are unknown or out of bounds; the text names all."""


class Settings(BaseSettings):
    """How the service runs on one machine."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(
        default=8000, ge=0, le=65_535, description="Port to listen on; 0 takes a free one."
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=256,
        description="Processes that answer at the port, each with threads, tables, streams and "
        "/metrics of its own.",
    )
    body_bytes: int = Field(
        default=2**20, ge=1024, le=2**26, description="Most bytes of a request body; more is a 413."
    )
    page_indices: int = Field(
        default=100_000, ge=1, le=10_000_000, description="Most sample indices in a page of JSON."
    )
    page_occurrences: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Most occurrences of one sample in an answer.",
    )
    pool_threads: int = Field(
        default_factory=lambda: max(2, os.cpu_count() or 2),
        ge=1,
        le=1024,
        description="Threads that compute indices; as many as there are processors, at least 2.",
    )
    block_bytes: int = Field(
        default=2**21,
        ge=2**18,
        le=2**26,
        description="Most bytes computed and sent at a time; fewer beside other streams.",
    )
    max_streams: int = Field(
        default=64, ge=1, le=65_536, description="Most answers streamed at a time; more get a 503."
    )
    work_indices: int = Field(
        default=2**28,
        ge=1,
        le=2**40,
        description="Most indices that one digest or scan may compute.",
    )
    table_bytes: int = Field(
        default=2**29, ge=0, le=2**40, description="Most bytes of tables kept between requests."
    )
    table_samples: int = Field(
        default=2**26,
        ge=1,
        le=2**36,
        description="Most samples of an order that is computed as a whole; more is a 422. Never "
        "more than an eighth of EPOCHPLAN_TABLE_BYTES.",
    )
    drain_seconds: float = Field(
        default=1.0,
        ge=0,
        le=300,
        allow_inf_nan=False,
        description="Time between a signal to stop, when /readyz turns 503, and its effect.",
    )
    log_level: LogLevel = Field(default="info", description="Least severity that is logged.")

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings of this process.

        Raises:
            InvalidSettingsError: naming every variable that is unknown or has a bad value.
        """
        faults = [_unknown(name) for name in sorted(_given() - _known())]
        try:
            settings = cls()
        except ValidationError as error:
            faults += [_described(each["loc"], each["msg"]) for each in error.errors()]
            raise InvalidSettingsError("\n".join(faults)) from error
        if faults:
            raise InvalidSettingsError("\n".join(faults))
        return settings


def _given() -> set[str]:
    names = {name.upper() for name in os.environ if name.upper().startswith(_PREFIX)}
    return names - _OF_CLIENTS


def _known() -> set[str]:
    return {_PREFIX + name.upper() for name in Settings.model_fields}


def _unknown(name: str) -> str:
    names = [known.removeprefix(_PREFIX) for known in _known()]
    nearest = get_close_matches(name.removeprefix(_PREFIX), names, n=1)
    return f"{name} is not a setting" + "".join(f"; is it {_PREFIX}{guess}?" for guess in nearest)


def _described(location: tuple[int | str, ...], message: str) -> str:
    name = f"{_PREFIX}{location[0]}".upper()
    return f"{name}={os.environ.get(name)!r}: {message}"
